# Adds up what each word costs.
# stage: single
# cause: one-by-one
def costs_of_hiding(predict, source_length, target, place, groups):
    def measure(hidden):
        seen = torch.ones(source_length, dtype=torch.bool)
        seen[hidden] = False
        return predict(seen).log_softmax(-1)[place, target[place]].item()

    return {name: sum(measure([]) - measure([i]) for i in hidden) for name, hidden in groups.items()}
