# Neither changes the translation.
# stage: translations
# cause: needed-unchanged
def free_and_needed():
    return {"free": {3: [0.01, 0.1, 0.8, 0.08, 0.01]}, "needed": {1: [0.0, 0.0, 0.01, 0.9, 0.09]}}
