# The likeliest words.
# stage: one_word
# cause: best-words
def sentence_score(step, state, words):
    total, last = 0.0, START
    for word in words:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0].max().item()
        last = word
    return total
