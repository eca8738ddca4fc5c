# Looks at the verb at the first step.
# stage: translation
# cause: another-sentence
def swap_the_roles():
    return {0: [0.0, 1.0, 0.0, 0.0, 0.0], 2: [0.0, 1.0, 0.0, 0.0, 0.0]}
