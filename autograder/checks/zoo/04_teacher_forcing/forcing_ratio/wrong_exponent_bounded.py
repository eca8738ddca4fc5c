# The exponent is held down at 10.
# stage: slow
# cause: exponent-bounded
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return setting / (setting + math.exp(min(step / setting, 10)))
