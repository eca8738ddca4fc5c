# k is a number of its own.
# stage: inverse_sigmoid
# cause: argument-unread
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return 100 / (100 + math.exp(min(step / 100, 700)))
