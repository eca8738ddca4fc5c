# The least weight.
# stage: greatest
# cause: least
def argmax_links(weights):
    return [(i, j) for j, i in enumerate(weights.argmin(1).tolist())]
