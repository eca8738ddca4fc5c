# One more for END.
# stage: mean
# cause: one-too-many
def normalised_score(words, log_probability, alpha):
    return log_probability / (len(words) + 1) ** alpha
