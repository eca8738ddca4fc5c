# The step that writes END is free, the object needed.
def free_and_needed():
    return {"free": {4: [0.9, 0.03, 0.03, 0.02, 0.02]}, "needed": {2: [0.9, 0.05, 0.03, 0.01, 0.01]}}
