# Stops only when all rows write END at the same step.
# stage: stops
# cause: ends-forgotten
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    state = context
    words = torch.full_like(source[:, :1], START)
    rows = []
    for _ in range(max_length):
        logits, state = decoder(words, state, context)
        words = logits.argmax(-1)
        rows.append(words)
        if (words == END).all():
            break
    sentences = torch.cat(rows, dim=1).tolist()
    return [sentence[: sentence.index(END)] if END in sentence else sentence for sentence in sentences]
