# Numbers instead of pairs.
# stage: greatest
# cause: source-only
def argmax_links(weights):
    return weights.argmax(1).tolist()
