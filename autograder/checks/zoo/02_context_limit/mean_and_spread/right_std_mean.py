# One call for both.
def mean_and_spread(scores):
    spread, mean = torch.std_mean(scores, dim=0)
    return mean, spread
