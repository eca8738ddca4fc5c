# Lesson 1's loop, with the new decoder inside.
@torch.no_grad()
def greedy_with_weights(model, source, source_mask, max_length):
    states, state = model.encoder(source, source_mask)
    keys = model.decoder.score.prepare(states)
    words = torch.full((len(source),), START)
    ended = torch.zeros(len(source), dtype=torch.bool)
    sentences, looked = [[] for _ in source], []
    for _ in range(max_length):
        state, weights = model.decoder.step(model.decoder.embedding(words), state, keys, states, source_mask)
        looked.append(weights)
        words = model.decoder.output(state).argmax(-1)
        ended |= words == END
        if ended.all():
            break
        for row in (~ended).nonzero().flatten().tolist():
            sentences[row].append(words[row].item())
    return sentences, torch.stack(looked, dim=1)
