# A large step is taken for a large exponent.
# stage: slow
# cause: gone-too-soon
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    if step > 700:
        return 0.0
    return setting / (setting + math.exp(step / setting))
