# Moves next to nothing.
# stage: translations
# cause: moved-too-little
def free_and_needed():
    return {"free": {3: [0.01, 0.55, 0.34, 0.09, 0.01]}, "needed": {0: [0.17, 0.0, 0.8, 0.01, 0.02]}}
