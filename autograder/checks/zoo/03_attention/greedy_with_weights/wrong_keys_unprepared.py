# The states serve as keys.
# stage: weights
# cause: keys-unprepared
@torch.no_grad()
def greedy_with_weights(model, source, source_mask, max_length):
    states, state = model.encoder(source, source_mask)
    keys = states
    words = torch.full_like(source[:, :1], START)
    looked = []
    while len(looked) < max_length and not (words == END).any(1).all():
        embedded = model.decoder.embedding(words[:, -1])
        state, weights = model.decoder.step(embedded, state, keys, states, source_mask)
        best = model.decoder.output(state).argmax(-1, keepdim=True)
        words = torch.cat([words, best], dim=1)
        looked.append(weights)
    rows = words[:, 1:].tolist()
    return [row[: [*row, END].index(END)] for row in rows], torch.stack(looked, dim=1)
