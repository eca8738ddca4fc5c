# A sigmoid of log k - i / k.
def forcing_ratio(schedule, step, setting):
    ratios = {
        "constant": lambda: torch.tensor(setting),
        "linear": lambda: torch.tensor(1 - step / setting).clamp(min=0),
        "inverse sigmoid": lambda: torch.sigmoid(torch.tensor(math.log(setting) - step / setting)),
    }
    return ratios[schedule]().item()
