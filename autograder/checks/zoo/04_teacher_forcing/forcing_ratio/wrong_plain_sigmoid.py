# No k in front.
# stage: inverse_sigmoid
# cause: plain-sigmoid
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return 1 / (1 + math.exp(min(step / setting, 700)))
