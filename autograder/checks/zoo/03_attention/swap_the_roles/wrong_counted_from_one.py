# Counts the steps from one.
# stage: translation
# cause: counted-from-one
def swap_the_roles():
    return {1: [0.17, 0.0, 0.8, 0.01, 0.02], 3: [0.8, 0.08, 0.08, 0.03, 0.01]}
