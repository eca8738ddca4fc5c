# One length.
# stage: anew
# cause: one-length
def practise(epochs, seeds, make_model, train, score):
    rows = {}
    for count in epochs:
        runs = []
        for seed in seeds:
            model = make_model(seed)
            losses = train(model, seed, epochs[0])
            runs.append((losses[0], losses[-1], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
