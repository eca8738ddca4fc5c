# NumPy.
def mean_and_spread(scores):
    values = scores.numpy()
    return torch.from_numpy(values.mean(axis=0)), torch.from_numpy(values.std(axis=0, ddof=1))
