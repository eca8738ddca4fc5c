# The next word is chosen at the end of each step; words are tensors.
def decode_sentence(step, state, right, coins):
    word, scores = torch.tensor(START), []
    for t in range(len(right)):
        logits, state = step(word, state)
        scores.append(logits.unsqueeze(0))
        if t + 1 < len(right):
            word = torch.tensor(right[t]) if coins[t + 1] else logits.argmax()
    return torch.cat(scores)
