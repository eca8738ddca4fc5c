# Last seed only.
# stage: each_seed
# cause: last-seed-only
def sweep(settings, seeds, make_model, train, score):
    for seed in seeds:
        row = []
        for setting in settings:
            model = make_model(setting, seed)
            train(model, seed)
            row.append(list(score(model).values()))
    return torch.tensor([row])
