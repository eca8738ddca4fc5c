# A comprehension with a function inside.
def sweep(settings, seeds, make_model, train, score):
    def run(setting, seed):
        model = make_model(setting, seed)
        train(model, seed)
        accuracy = score(model)
        return [accuracy[length] for length in sorted(accuracy)]

    return torch.tensor([[run(setting, seed) for setting in settings] for seed in seeds])
