# The best sentence for each word.
# stage: coins
# cause: raised
def choose_input(right, logits, coins):
    return torch.where(coins, right, logits.argmax(0))
