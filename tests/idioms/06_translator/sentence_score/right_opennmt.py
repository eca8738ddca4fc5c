# OpenNMT-py: a list of scores, added at the end.
def sentence_score(step, state, words):
    golds, token = [], START
    for gold in words:
        scores, state = step(torch.tensor([token]), state)
        golds.append(scores.squeeze(0)[gold].item())
        token = gold
    return math.fsum(golds)
