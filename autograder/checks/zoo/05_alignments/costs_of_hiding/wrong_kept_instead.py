# Sees only what should be hidden.
# stage: single
# cause: kept-instead
def costs_of_hiding(predict, source_length, target, place, groups):
    right = target[place]
    whole = predict(torch.ones(source_length, dtype=torch.bool)).log_softmax(-1)[place, right]
    costs = {}
    for name, hidden in groups.items():
        seen = torch.zeros(source_length, dtype=torch.bool)
        seen[hidden] = True
        costs[name] = (whole - predict(seen).log_softmax(-1)[place, right]).item()
    return costs
