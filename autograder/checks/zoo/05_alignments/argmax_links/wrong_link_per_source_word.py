# The greatest of each column.
# stage: greatest
# cause: link-per-source-word
def argmax_links(weights):
    return [(i, j) for i, j in enumerate(weights.argmax(0).tolist())]
