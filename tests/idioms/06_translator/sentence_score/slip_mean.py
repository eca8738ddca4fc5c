# OpenNMT-py: a mean over the words.
def sentence_score(step, state, words):
    total, last = 0.0, START
    for word in words:
        scores, state = step(torch.tensor([last]), state)
        total += scores[0, word].item()
        last = word
    return total / len(words)
