# Columns first, cut at END afterwards.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    state = context.clone()
    words, columns = torch.full((len(source), 1), START), []
    ended = torch.zeros(len(source), 1, dtype=torch.bool)
    while len(columns) < max_length and not ended.all():
        logits, state = decoder(words, state, context)
        words = logits.topk(1, dim=-1).indices.squeeze(-1)
        columns.append(words)
        ended = ended | (words == END)
    rows = torch.cat(columns, 1).tolist()
    return [row[: row.index(END)] if END in row else row for row in rows]
