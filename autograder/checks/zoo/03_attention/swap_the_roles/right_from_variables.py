# Makes the lists by hand, and gives tuples.
def swap_the_roles():
    jihun, mina = (0.1, 0.05, 0.7, 0.05, 0.1), (0.75, 0.1, 0.05, 0.05, 0.05)
    return dict([(0, jihun), (2, mina)])
