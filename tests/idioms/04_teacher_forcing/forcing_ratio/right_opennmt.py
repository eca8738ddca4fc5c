# OpenNMT-py: as a fall from 1 that is clamped.
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return float(setting)
    if schedule == "linear":
        return min(max((setting - step) / setting, 0.0), 1.0)
    return 1 / (1 + math.exp(min(step / setting - math.log(setting), 700)))
