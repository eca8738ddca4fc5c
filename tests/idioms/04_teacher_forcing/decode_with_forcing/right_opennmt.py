# OpenNMT-py: the chosen words put into a copy by the mask.
def decode_with_forcing(step, state, previous, coins):
    outputs, own = [], None
    for t, gold in enumerate(previous.t()):
        words = gold.clone()
        if own is not None:
            words[~coins[:, t]] = own[~coins[:, t]]
        logits, state = step(words, state)
        own = logits.topk(1, dim=1)[1][:, 0]
        outputs.append(logits.unsqueeze(1))
    return torch.cat(outputs, dim=1)
