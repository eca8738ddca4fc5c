# A list has no shape.
# stage: mean
# cause: raised
def normalised_score(words, log_probability, alpha):
    return log_probability / words.shape[0] ** alpha
