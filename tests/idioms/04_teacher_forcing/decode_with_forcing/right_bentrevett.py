# bentrevett: the best word beside the right one, and a choice.
def decode_with_forcing(step, state, previous, coins):
    outputs, words = [], previous[:, 0]
    for t in range(previous.size(1)):
        logits, state = step(words, state)
        outputs.append(logits)
        if t + 1 < previous.size(1):
            top1 = logits.argmax(1)
            teacher = coins[:, t + 1].long()
            words = previous[:, t + 1] * teacher + top1 * (1 - teacher)
    return torch.stack(outputs, dim=1)
