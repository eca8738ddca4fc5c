# A set of open rows; a tuple of lists.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    state = context = encoder(source, source_mask)[1]
    words = torch.tensor([[START]] * len(source))
    sentences, open_rows = [[] for _ in range(len(source))], set(range(len(source)))
    step = 0
    while open_rows and step < max_length:
        step += 1
        logits, state = decoder(words, state, context)
        best = logits[:, -1].max(dim=-1).indices
        for row in list(open_rows):
            if best[row] == END:
                open_rows.discard(row)
            else:
                sentences[row].append(int(best[row]))
        words = best[:, None]
    return tuple(sentences)
