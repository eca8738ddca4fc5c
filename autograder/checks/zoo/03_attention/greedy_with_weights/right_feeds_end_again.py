# A row that has ended reads END for ever.
@torch.no_grad()
def greedy_with_weights(model, source, source_mask, max_length):
    states, state = model.encoder(source, source_mask)
    keys = model.decoder.score.prepare(states)
    word, columns, looked = source.new_full((len(source),), START), [], []
    for _ in range(max_length):
        state, weights = model.decoder.step(model.decoder.embedding(word), state, keys, states, source_mask)
        best = model.decoder.output(state).max(-1).indices
        word = torch.where(word == END, END, best)
        columns.append(word)
        looked.append(weights.unsqueeze(1))
        if (word == END).all():
            break
    rows = torch.stack(columns, 1).tolist()
    return [[number for number in row if number != END] for row in rows], torch.cat(looked, 1)
