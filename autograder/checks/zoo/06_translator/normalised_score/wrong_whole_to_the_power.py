# The mean to the power.
# stage: alphas
# cause: whole-to-the-power
def normalised_score(words, log_probability, alpha):
    return -((-log_probability / len(words)) ** alpha)
