# What is read, as a list of its own.
def decode_sentence(step, state, right, coins):
    scores = []
    for word, forced in zip([START, *right[:-1]], coins, strict=True):
        if scores and not forced:
            word = scores[-1].argmax().item()
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
