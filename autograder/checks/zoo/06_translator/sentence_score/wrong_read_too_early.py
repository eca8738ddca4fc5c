# Reads what it is to predict.
# stage: one_word
# cause: read-too-early
def sentence_score(step, state, words):
    total = 0.0
    for word in words:
        log_probabilities, state = step(torch.tensor([word]), state)
        total += log_probabilities[0, word].item()
    return total
