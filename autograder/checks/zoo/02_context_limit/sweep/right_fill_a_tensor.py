# Settings outside, seeds inside; a tensor is filled.
def sweep(settings, seeds, make_model, train, score):
    found = None
    for c, setting in enumerate(settings):
        for r, seed in enumerate(seeds):
            model = make_model(setting, seed)
            train(model, seed)
            accuracies = torch.tensor(list(score(model).values()))
            if found is None:
                found = torch.zeros(len(seeds), len(settings), len(accuracies))
            found[r, c] = accuracies
    return found
