# The mean over the seeds.
# stage: one_run
# cause: averaged
def sweep(settings, seeds, make_model, train, score):
    runs = []
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seed)
            train(model, seed)
            row.append(list(score(model).values()))
        runs.append(row)
    return torch.tensor(runs).mean(dim=0)
