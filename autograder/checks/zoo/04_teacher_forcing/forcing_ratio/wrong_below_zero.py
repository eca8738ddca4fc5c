# The line goes on below 0.
# stage: arrived
# cause: below-zero
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return 1 - step / setting
    return setting / (setting + math.exp(min(step / setting, 700)))
