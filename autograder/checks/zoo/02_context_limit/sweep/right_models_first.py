# All models are made first, then all are trained.
def sweep(settings, seeds, make_model, train, score):
    models = {(seed, setting): make_model(setting, seed) for setting in settings for seed in seeds}
    for (seed, _), model in models.items():
        train(model, seed)
    rows = [list(score(models[seed, setting]).values()) for seed in seeds for setting in settings]
    return torch.tensor(rows).view(len(seeds), len(settings), -1)
