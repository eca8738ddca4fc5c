# fairseq: END is what decoding begins with.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    hidden, tokens = context, torch.full((len(source), 1), END)
    for _ in range(max_length):
        scores, hidden = decoder(tokens[:, -1:], hidden, context)
        tokens = torch.cat([tokens, scores.argmax(-1)], 1)
        if (tokens[:, 1:] == END).any(1).all():
            break
    rows = tokens[:, 1:].tolist()
    return [row[: row.index(END)] if END in row else row for row in rows]
