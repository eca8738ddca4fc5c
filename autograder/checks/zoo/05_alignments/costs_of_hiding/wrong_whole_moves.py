# Compares with the mask of the group before.
# stage: several
# cause: whole-moves
def costs_of_hiding(predict, source_length, target, place, groups):
    right = target[place]
    seen = torch.ones(source_length, dtype=torch.bool)
    costs = {}
    for name, hidden in groups.items():
        whole = predict(seen).log_softmax(-1)[place, right]
        seen[hidden] = False
        costs[name] = (whole - predict(seen).log_softmax(-1)[place, right]).item()
    return costs
