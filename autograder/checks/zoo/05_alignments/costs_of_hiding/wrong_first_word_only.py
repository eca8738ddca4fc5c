# Hides one word of each group.
# stage: single
# cause: first-word-only
def costs_of_hiding(predict, source_length, target, place, groups):
    right = target[place]
    whole = predict(torch.ones(source_length, dtype=torch.bool)).log_softmax(-1)[place, right]
    costs = {}
    for name, hidden in groups.items():
        seen = torch.ones(source_length, dtype=torch.bool)
        seen[hidden[0]] = False
        costs[name] = (whole - predict(seen).log_softmax(-1)[place, right]).item()
    return costs
