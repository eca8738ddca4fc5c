# Order never changes.
# stage: each_seed
# cause: order-never-changes
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seed)
            train(model, seeds[0])
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
