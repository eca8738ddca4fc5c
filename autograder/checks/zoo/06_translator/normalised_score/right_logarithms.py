# A power by logarithms.
def normalised_score(words, log_probability, alpha):
    return log_probability * math.exp(-alpha * math.log(len(words)))
