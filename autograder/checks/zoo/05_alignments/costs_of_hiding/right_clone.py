# A copy for each group.
def costs_of_hiding(predict, source_length, target, place, groups):
    everything = torch.ones(source_length, dtype=torch.bool)

    def log_probability(mask):
        return float(predict(mask)[place].log_softmax(-1)[target[place]])

    costs = {}
    for name, hidden in groups.items():
        mask = everything.clone()
        for i in hidden:
            mask[i] = False
        costs[name] = log_probability(everything) - log_probability(mask)
    return costs
