# Row by row.
def choose_input(right, logits, coins):
    words = []
    for word, scores, coin in zip(right.tolist(), logits, coins.tolist(), strict=True):
        words.append(word if coin else int(scores.argmax()))
    return torch.tensor(words)
