# The whole is taken from the rest.
# stage: effects
# cause: sign-reversed
def knock_out(predict, source_length, target):
    rows = torch.arange(len(target))
    everything = torch.ones(source_length, dtype=torch.bool)

    def measure(mask):
        return predict(mask).log_softmax(-1)[rows, target]

    columns = []
    for i in range(source_length):
        mask = everything.clone()
        mask[i] = False
        columns.append(measure(mask) - measure(everything))
    return torch.stack(columns, dim=1)
