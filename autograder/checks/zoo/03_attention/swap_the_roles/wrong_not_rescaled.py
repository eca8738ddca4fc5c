# Sets one weight and leaves the others as they were.
# stage: weights
# cause: no-weights
def swap_the_roles():
    return {0: [0.86, 0.02, 0.9, 0.03, 0.06], 2: [0.9, 0.43, 0.4, 0.14, 0.02]}
