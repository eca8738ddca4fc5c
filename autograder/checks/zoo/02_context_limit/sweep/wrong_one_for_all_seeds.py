# One for all seeds.
# stage: each_seed
# cause: one-for-all-seeds
def sweep(settings, seeds, make_model, train, score):
    models = {setting: make_model(setting, seeds[0]) for setting in settings}
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            train(models[setting], seed)
            row.append(list(score(models[setting]).values()))
        runs.append(row)
    return torch.tensor(runs)
