# The log-probability as it is.
# stage: mean
# cause: not-normalised
def normalised_score(words, log_probability, alpha):
    return log_probability
