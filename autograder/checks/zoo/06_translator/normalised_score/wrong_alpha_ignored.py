# Always the mean.
# stage: alphas
# cause: alpha-ignored
def normalised_score(words, log_probability, alpha):
    return log_probability / len(words)
