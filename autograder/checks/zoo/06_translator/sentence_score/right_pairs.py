# Pairs of neighbours, and a sum at the end.
def sentence_score(step, state, words):
    costs = []
    for before, word in zip([START, *words], words):
        row, state = step(words=torch.tensor([before]), state=state)
        costs.append(float(row.squeeze(0)[word]))
    return sum(costs)
