# The step is held down, not the exponent.
# stage: slow
# cause: step-bounded
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(min(step, 700) / setting))
