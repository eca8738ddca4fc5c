# Weights never change.
# stage: each_seed
# cause: weights-never-change
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seeds[0])
            train(model, seed)
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
