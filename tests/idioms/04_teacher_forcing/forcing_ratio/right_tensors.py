# bentrevett: the sigmoid of torch.
def forcing_ratio(schedule, step, setting):
    if schedule == "constant":
        return setting
    if schedule == "linear":
        return torch.tensor(1 - step / setting, dtype=torch.float64).clamp(min=0).item()
    return torch.sigmoid(torch.tensor(math.log(setting) - step / setting, dtype=torch.float64)).item()
