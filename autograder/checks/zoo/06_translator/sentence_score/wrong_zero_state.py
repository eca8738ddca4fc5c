# Begins with zeros.
# stage: one_word
# cause: first-state
def sentence_score(step, state, words):
    total, last, state = 0.0, START, torch.zeros_like(state)
    for word in words:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0, word].item()
        last = word
    return total
