# A tensor filled column by column; one mask, each time restored.
def knock_out(predict, source_length, target):
    effects = torch.empty(len(target), source_length)
    mask = torch.arange(source_length) >= 0
    whole = predict(mask).log_softmax(-1).gather(1, target.unsqueeze(1))
    for i in range(source_length):
        mask[i] = False
        effects[:, i] = (whole - predict(mask).log_softmax(-1).gather(1, target.unsqueeze(1))).squeeze(1)
        mask[i] = True
    return effects
