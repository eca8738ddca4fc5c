# The words of the sentence above.
# stage: coins
# cause: other-sentence
def choose_input(right, logits, coins):
    return torch.where(coins, right, logits.argmax(-1).roll(1))
