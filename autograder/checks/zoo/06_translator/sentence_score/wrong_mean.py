# A word's share.
# stage: sentence
# cause: mean
def sentence_score(step, state, words):
    total, last = 0.0, START
    for word in words:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0, word].item()
        last = word
    return total / len(words)
