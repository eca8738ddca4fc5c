# Arguments swapped.
# stage: one_run
# cause: arguments-swapped
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(seed, setting)
            train(model, seed)
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
