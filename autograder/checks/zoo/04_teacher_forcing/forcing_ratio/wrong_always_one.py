# The constant is 1.
# stage: constant
# cause: always-one
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return 1.0
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(min(step / setting, 700)))
