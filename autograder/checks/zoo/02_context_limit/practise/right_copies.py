# The untrained models are copied.
import copy


def practise(epochs, seeds, make_model, train, score):
    untrained = {seed: make_model(seed) for seed in seeds}
    rows = {}
    for count in epochs:
        runs = []
        for seed, first in untrained.items():
            model = copy.deepcopy(first)
            losses = train(model, seed, count)
            runs.append((losses[0], losses[-1], score(model)))
        rows[count] = [statistics.mean(column) for column in zip(*runs, strict=True)]
    return rows
