# Scheduled sampling: the probability that the model decides.
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return 1 - setting
    if schedule == "linear":
        return min(1.0, step / setting)
    return 1 - setting / (setting + math.exp(min(step / setting, 700)))
