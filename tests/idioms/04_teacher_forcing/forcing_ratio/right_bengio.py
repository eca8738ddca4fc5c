# Bengio et al.: the three formulas in a table.
def forcing_ratio(schedule, step, setting):
    def inverse_sigmoid():
        return 0.0 if step / setting > 700 else setting / (setting + math.exp(step / setting))

    return {
        "constant": lambda: setting,
        "linear": lambda: max(0.0, 1.0 - step / setting),
        "inverse sigmoid": inverse_sigmoid,
    }[schedule]()
