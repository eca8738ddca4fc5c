# bentrevett: the list begins with START.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    hidden, tokens = context, torch.full((len(source), 1), START)
    for _ in range(max_length):
        scores, hidden = decoder(tokens[:, -1:], hidden, context)
        tokens = torch.cat([tokens, scores.argmax(-1)], 1)
        if (tokens == END).any(1).all():
            break
    return [row[: row.index(END)] if END in row else row for row in tokens.tolist()]
