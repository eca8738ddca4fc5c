# One link for the whole sentence.
# stage: greatest
# cause: best-of-all
def argmax_links(weights):
    best = int(weights.argmax())
    return [(best % weights.shape[1], best // weights.shape[1])]
