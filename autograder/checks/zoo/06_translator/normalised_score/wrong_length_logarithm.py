# The logarithm of the length.
# stage: mean
# cause: length-logarithm
def normalised_score(words, log_probability, alpha):
    return log_probability / math.log(len(words)) ** alpha
