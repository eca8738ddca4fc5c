# The coin is inverted.
# stage: coins
# cause: inverted
def choose_input(right, logits, coins):
    return torch.where(coins, logits.argmax(-1), right)
