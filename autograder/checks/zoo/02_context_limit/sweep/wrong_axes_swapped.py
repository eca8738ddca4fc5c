# Rows and columns exchanged.
# stage: each_setting
# cause: axes-swapped
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for setting in settings:
        row = []
        for seed in seeds:
            model = make_model(setting, seed)
            train(model, seed)
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
