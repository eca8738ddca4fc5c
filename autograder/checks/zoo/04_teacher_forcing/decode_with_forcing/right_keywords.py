# Names every argument, and takes steps from the back of a list.
def decode_with_forcing(step, state, previous, coins):
    scores = []
    for column, coin in zip(previous.T, coins.T):
        words = torch.where(coin, column, scores[-1].argmax(dim=-1)) if scores else column
        logits, state = step(words=words, state=state)
        scores += [logits]
    return torch.stack(scores).transpose(0, 1)
