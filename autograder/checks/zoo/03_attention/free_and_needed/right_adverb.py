# The adverb is free.
def free_and_needed():
    found = {}
    found["needed"] = {0: (0.0, 0.0, 1.0, 0.0, 0.0)}
    found["free"] = {1: (0.0, 0.0, 0.01, 0.95, 0.04)}
    return found
