# The lowest score.
# stage: coins
# cause: worst
def choose_input(right, logits, coins):
    return torch.where(coins, right, logits.argmin(-1))
