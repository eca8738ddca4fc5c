# Leaves out the place of END.
# stage: weights
# cause: wrong-length
def free_and_needed():
    return {"free": {3: [0.02, 0.1, 0.8, 0.08]}, "needed": {0: [0.19, 0.0, 0.8, 0.01]}}
