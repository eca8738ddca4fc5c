# Moves two steps at once.
# stage: weights
# cause: several-steps
def free_and_needed():
    return {
        "free": {3: [0.01, 0.1, 0.8, 0.08, 0.01], 4: [0.01, 0.1, 0.8, 0.08, 0.01]},
        "needed": {0: [0.17, 0.0, 0.8, 0.01, 0.02]},
    }
