# The two are exchanged.
# stage: translations
# cause: exchanged
def free_and_needed():
    return {"needed": {3: [0.01, 0.1, 0.8, 0.08, 0.01]}, "free": {0: [0.17, 0.0, 0.8, 0.01, 0.02]}}
