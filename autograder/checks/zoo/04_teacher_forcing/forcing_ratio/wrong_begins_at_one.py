# A numerator that makes the first ratio 1.
# stage: inverse_sigmoid
# cause: begins-at-one
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    return (1 + setting) / (setting + math.exp(min(step / setting, 700)))
