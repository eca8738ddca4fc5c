# The target word comes first.
# stage: greatest
# cause: swapped
def argmax_links(weights):
    return [(j, i) for j, i in enumerate(weights.argmax(1).tolist())]
