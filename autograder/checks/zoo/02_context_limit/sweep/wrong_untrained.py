# Scored before it is trained.
# stage: one_run
# cause: untrained
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seed)
            row.append(list(score(model).values()))
            train(model, seed)
        runs.append(row)
    return torch.tensor(runs)
