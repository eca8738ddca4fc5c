# One mask for all.
# stage: effects
# cause: masks-pile-up
def knock_out(predict, source_length, target):
    rows = torch.arange(len(target))
    everything = torch.ones(source_length, dtype=torch.bool)

    def measure(mask):
        return predict(mask).log_softmax(-1)[rows, target]

    columns = []
    mask = everything.clone()
    for i in range(source_length):
        mask[i] = False
        columns.append(measure(everything) - measure(mask))
    return torch.stack(columns, dim=1)
