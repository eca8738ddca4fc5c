# Joey NMT: collects the weights of each step, cut at END afterwards.
@torch.no_grad()
def greedy_with_weights(model, source, source_mask, max_length):
    states, hidden = model.encoder(source, source_mask)
    keys = model.decoder.score.prepare(states)
    previous, output, scores = source.new_full((len(source),), START), [], []
    finished = torch.zeros(len(source), dtype=torch.bool)
    for _ in range(max_length):
        hidden, weights = model.decoder.step(model.decoder.embedding(previous), hidden, keys, states, source_mask)
        previous = model.decoder.output(hidden).argmax(dim=-1)
        output.append(previous.tolist())
        scores.append(weights)
        finished = finished | previous.eq(END)
        if finished.all():
            break
    sentences = [list(words) for words in zip(*output)]
    return [words[: words.index(END)] if END in words else words for words in sentences], torch.stack(scores, 1)
