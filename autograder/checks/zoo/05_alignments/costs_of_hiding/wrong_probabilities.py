# Probabilities.
# stage: single
# cause: probabilities
def costs_of_hiding(predict, source_length, target, place, groups):
    def measure(hidden):
        seen = torch.ones(source_length, dtype=torch.bool)
        seen[hidden] = False
        return predict(seen).softmax(-1)[place, target[place]].item()

    return {name: measure([]) - measure(hidden) for name, hidden in groups.items()}
