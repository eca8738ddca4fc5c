# The right words are overwritten.
# stage: unchanged
# cause: input-changed
def choose_input(right, logits, coins):
    right[~coins] = logits.argmax(-1)[~coins]
    return right
