# END left out.
# stage: mean
# cause: end-not-counted
def normalised_score(words, log_probability, alpha):
    return log_probability / sum(word != END for word in words) ** alpha
