# No softmax.
# stage: single
# cause: raw-scores
def costs_of_hiding(predict, source_length, target, place, groups):
    right = target[place]
    whole = predict(torch.ones(source_length, dtype=torch.bool))[place, right]
    costs = {}
    for name, hidden in groups.items():
        seen = torch.ones(source_length, dtype=torch.bool)
        seen[hidden] = False
        costs[name] = (whole - predict(seen)[place, right]).item()
    return costs
