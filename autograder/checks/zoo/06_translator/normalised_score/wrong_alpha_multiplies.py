# A product, not a power.
# stage: alphas
# cause: alpha-multiplies
def normalised_score(words, log_probability, alpha):
    return log_probability / (alpha * len(words)) if alpha else log_probability
