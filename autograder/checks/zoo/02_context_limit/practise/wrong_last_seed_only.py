# Last seed only.
# stage: seeds
# cause: last-seed-only
def practise(epochs, seeds, make_model, train, score):
    rows = {}
    for count in epochs:
        for seed in seeds:
            model = make_model(seed)
            losses = train(model, seed, count)
            rows[count] = [losses[0], losses[-1], score(model)]
    return rows
