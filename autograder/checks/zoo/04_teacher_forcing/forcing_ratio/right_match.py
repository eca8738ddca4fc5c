# match, and the fraction divided through.
def forcing_ratio(schedule, step, setting):
    match schedule:
        case "constant":
            return setting
        case "linear":
            return 1 - min(step, setting) / setting
        case "inverse sigmoid":
            part = setting * math.exp(-step / setting)
            return part / (part + 1)
