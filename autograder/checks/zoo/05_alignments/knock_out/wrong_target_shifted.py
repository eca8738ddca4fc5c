# Row j for the word after it.
# stage: effects
# cause: target-shifted
def knock_out(predict, source_length, target):
    rows = torch.arange(len(target))
    everything = torch.ones(source_length, dtype=torch.bool)
    target = target.roll(-1)

    def measure(mask):
        return predict(mask).log_softmax(-1)[rows, target]

    columns = []
    for i in range(source_length):
        mask = torch.ones(source_length, dtype=torch.bool)
        mask[i] = False
        columns.append(measure(everything) - measure(mask))
    return torch.stack(columns, dim=1)
