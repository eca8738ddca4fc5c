# One True coin forces the whole batch.
# stage: coins
# cause: always-right
def choose_input(right, logits, coins):
    return right if coins.any() else logits.argmax(-1)
