# All masks from one matrix, cross-entropy as measure.
def knock_out(predict, source_length, target):
    def loss(mask):
        return nn.functional.cross_entropy(predict(mask), target, reduction="none")

    whole = loss(torch.full((source_length,), True))
    hidden = ~torch.eye(source_length, dtype=torch.bool)
    return torch.stack([loss(mask) - whole for mask in hidden]).T
