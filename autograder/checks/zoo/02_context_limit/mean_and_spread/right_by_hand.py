# By hand.
def mean_and_spread(scores):
    runs = scores.shape[0]
    mean = sum(scores) / runs
    return mean, (((scores - mean) ** 2).sum(0) / (runs - 1)).sqrt()
