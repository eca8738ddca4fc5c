# Weights without a step.
# stage: weights
# cause: no-steps
def free_and_needed():
    return {"free": [0.01, 0.1, 0.8, 0.08, 0.01], "needed": [0.17, 0.0, 0.8, 0.01, 0.02]}
