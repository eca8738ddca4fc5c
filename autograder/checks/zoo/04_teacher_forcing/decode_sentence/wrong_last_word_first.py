# Step 0 is like all others, and reads right[-1].
# stage: forced
# cause: last-word-first
def decode_sentence(step, state, right, coins):
    word, scores = START, []
    for t, forced in enumerate(coins):
        word = right[t - 1] if forced else int(scores[-1].argmax())
        logits, state = step(word, state)
        scores.append(logits)
    return torch.stack(scores)
