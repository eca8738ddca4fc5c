# Back to the teacher where exp has no room.
# stage: far
# cause: one-in-the-end
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return max(0.0, 1 - step / setting)
    try:
        return setting / (setting + math.exp(step / setting))
    except OverflowError:
        return 1.0
