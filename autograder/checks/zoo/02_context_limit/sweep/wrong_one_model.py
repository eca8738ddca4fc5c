# One model.
# stage: each_setting
# cause: one-model
def sweep(settings, seeds, make_model, train, score):
    model = make_model(settings[0], seeds[0])
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            train(model, seed)
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs)
