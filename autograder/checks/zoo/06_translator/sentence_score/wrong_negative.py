# A cost instead of a score.
# stage: one_word
# cause: negative
def sentence_score(step, state, words):
    total, last = 0.0, START
    for word in words:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0, word].item()
        last = word
    return -total
