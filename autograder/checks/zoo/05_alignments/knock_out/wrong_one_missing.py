# Never hides the last word.
# stage: effects
# cause: one-missing
def knock_out(predict, source_length, target):
    rows = torch.arange(len(target))
    everything = torch.ones(source_length, dtype=torch.bool)

    def measure(mask):
        return predict(mask).log_softmax(-1)[rows, target]

    columns = []
    for i in range(source_length - 1):
        mask = torch.ones(source_length, dtype=torch.bool)
        mask[i] = False
        columns.append(measure(everything) - measure(mask))
    return torch.stack(columns, dim=1)
