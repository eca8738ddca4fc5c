# Seed lost.
# stage: seeds
# cause: seed-lost
def practise(epochs, seeds, make_model, train, score):
    rows = {}
    for count in epochs:
        runs = []
        for _ in seeds:
            model = make_model(seeds[0])
            losses = train(model, seeds[0], count)
            runs.append((losses[0], losses[-1], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
