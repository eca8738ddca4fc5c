# Weights that do not sum to 1.
# stage: weights
# cause: no-weights
def free_and_needed():
    return {"free": {3: [0.01, 0.6, 0.8, 0.09, 0.01]}, "needed": {0: [0.86, 0.0, 0.8, 0.01, 0.02]}}
