# All weight on one place.
def swap_the_roles():
    return {0: [0, 0, 1, 0, 0], 2: [1, 0, 0, 0, 0]}
