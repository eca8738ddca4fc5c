# Both change the translation.
# stage: translations
# cause: free-changes
def free_and_needed():
    return {"free": {2: [0.8, 0.08, 0.08, 0.03, 0.01]}, "needed": {0: [0.17, 0.0, 0.8, 0.01, 0.02]}}
