# Sums over all target words.
# stage: single
# cause: all-places
def costs_of_hiding(predict, source_length, target, place, groups):
    every = torch.arange(len(target))
    whole = predict(torch.ones(source_length, dtype=torch.bool)).log_softmax(-1)[every, target]
    costs = {}
    for name, hidden in groups.items():
        seen = torch.ones(source_length, dtype=torch.bool)
        seen[hidden] = False
        costs[name] = (whole - predict(seen).log_softmax(-1)[every, target]).sum().item()
    return costs
