# Forces only when all coins are True.
# stage: coins
# cause: always-own
def choose_input(right, logits, coins):
    return right if coins.all() else logits.argmax(-1)
