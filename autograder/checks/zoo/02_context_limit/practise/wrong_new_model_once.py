# New model once.
# stage: seeds
# cause: new-model-once
def practise(epochs, seeds, make_model, train, score):
    rows = {}
    for count in epochs:
        runs = []
        model = make_model(seeds[0])
        for seed in seeds:
            losses = train(model, seed, count)
            runs.append((losses[0], losses[-1], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
