# Moves the weights of the subject alone.
# stage: translation
# cause: one-noun
def swap_the_roles():
    return {0: [0.17, 0.0, 0.8, 0.01, 0.02]}
