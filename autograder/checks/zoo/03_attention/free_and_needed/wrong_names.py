# Other names.
# stage: weights
# cause: wrong-names
def free_and_needed():
    return {"first": {3: [0.01, 0.1, 0.8, 0.08, 0.01]}, "second": {0: [0.17, 0.0, 0.8, 0.01, 0.02]}}
