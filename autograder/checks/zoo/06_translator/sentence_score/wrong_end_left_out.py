# Without END.
# stage: sentence
# cause: end-left-out
def sentence_score(step, state, words):
    total, last = 0.0, START
    for word in [word for word in words if word != END]:
        log_probabilities, state = step(torch.tensor([last]), state)
        total += log_probabilities[0, word].item()
        last = word
    return total
