# One seed.
# stage: each_seed
# cause: one-seed
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for _ in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seeds[0])
            train(model, seeds[0])
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
