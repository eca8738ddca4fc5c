# The line rises.
# stage: linear
# cause: rising
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return min(1.0, step / setting)
    return setting / (setting + math.exp(min(step / setting, 700)))
