# The step that is being made counts, too.
# stage: linear
# cause: step-ahead
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - (step + 1) / setting)
    return setting / (setting + math.exp(min(step / setting, 700)))
