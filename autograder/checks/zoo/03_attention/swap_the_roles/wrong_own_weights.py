# Copies the model's own weights.
# stage: translation
# cause: unmoved
def swap_the_roles():
    return {0: [0.86, 0.02, 0.03, 0.03, 0.06]}
