# Ends swapped.
# stage: anew
# cause: ends-swapped
def practise(epochs, seeds, make_model, train, score):
    rows = {}
    for count in epochs:
        runs = []
        for seed in seeds:
            model = make_model(seed)
            losses = train(model, seed, count)
            runs.append((losses[-1], losses[0], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
