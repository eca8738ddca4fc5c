# Times the length.
# stage: mean
# cause: multiplied
def normalised_score(words, log_probability, alpha):
    return log_probability * len(words) ** alpha
