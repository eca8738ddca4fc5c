# Counted from 1.
# stage: greatest
# cause: counted-from-one
def argmax_links(weights):
    return [(i + 1, j) for j, i in enumerate((weights.argmax(1)).tolist(), 1)]
