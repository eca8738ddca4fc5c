# Leaves out the place of END.
# stage: weights
# cause: wrong-length
def swap_the_roles():
    return {0: [0.19, 0.0, 0.8, 0.01], 2: [0.8, 0.08, 0.09, 0.03]}
