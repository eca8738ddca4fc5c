# Gives a list of weights, without steps.
# stage: weights
# cause: no-steps
def swap_the_roles():
    return [[0.0, 0.0, 1.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0]]
