# The code as it is given.
# stage: several
# cause: unrepaired
def costs_of_hiding(predict, source_length, target, place, groups):
    right = target[place]
    seen = torch.ones(source_length, dtype=torch.bool)
    whole = predict(seen).log_softmax(-1)[place, right]
    costs = {}
    for name, hidden in groups.items():
        seen[hidden] = False
        costs[name] = (whole - predict(seen).log_softmax(-1)[place, right]).item()
    return costs
