# Names the argument, and works in double precision.
def knock_out(predict, source_length, target):
    def scores(mask):
        return predict(mask=mask).double().log_softmax(-1).gather(1, target[:, None])[:, 0]

    hidden = ~torch.eye(source_length, dtype=torch.bool)
    whole = scores(torch.ones(source_length, dtype=torch.bool))
    return torch.stack([whole - scores(mask) for mask in hidden], dim=-1)
