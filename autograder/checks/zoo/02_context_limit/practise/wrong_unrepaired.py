# Unrepaired.
# stage: anew
# cause: unrepaired
def practise(epochs, seeds, make_model, train, score):
    models = {seed: make_model(seed) for seed in seeds}
    rows = {}
    for count in epochs:
        runs = []
        for seed, model in models.items():
            losses = train(model, seed, count)
            runs.append((losses[0], losses[-1], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
