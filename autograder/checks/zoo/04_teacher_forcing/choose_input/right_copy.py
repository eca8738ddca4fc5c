# A copy, overwritten where the coin is False.
def choose_input(right, logits, coins):
    words = right.clone()
    words[~coins] = logits[~coins].argmax(-1)
    return words
