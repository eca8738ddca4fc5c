# exp has no room for a large step.
# stage: far
# cause: raised
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(step / setting))
