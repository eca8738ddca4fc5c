# One mask, but what was hidden is shown again.
def costs_of_hiding(predict, source_length, target, place, groups):
    seen = torch.full((source_length,), True)
    whole = predict(seen).log_softmax(-1)[place, target[place]].item()
    costs = {}
    for name, hidden in groups.items():
        seen[hidden] = False
        costs[name] = whole - predict(seen).log_softmax(-1)[place, target[place]].item()
        seen[hidden] = True
    return costs
