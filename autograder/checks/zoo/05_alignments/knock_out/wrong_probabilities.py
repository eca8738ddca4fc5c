# No logarithm.
# stage: effects
# cause: probabilities
def knock_out(predict, source_length, target):
    rows = torch.arange(len(target))
    everything = torch.ones(source_length, dtype=torch.bool)

    def measure(mask):
        return predict(mask).softmax(-1)[rows, target]

    columns = []
    for i in range(source_length):
        mask = everything.clone()
        mask[i] = False
        columns.append(measure(everything) - measure(mask))
    return torch.stack(columns, dim=1)
