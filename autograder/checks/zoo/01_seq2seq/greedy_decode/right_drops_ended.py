# Sentences that have ended leave the batch.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    state, rows = context, torch.arange(len(source))
    words, sentences = torch.full((len(source), 1), START), [[] for _ in source]
    for _ in range(max_length):
        logits, state = decoder(words, state, context)
        best = logits[:, 0].argmax(-1)
        going = best != END
        rows, best, state, context = rows[going], best[going], state[going], context[going]
        for row, word in zip(rows.tolist(), best.tolist(), strict=True):
            sentences[row].append(word)
        if len(rows) == 0:
            break
        words = best.unsqueeze(1)
    return sentences
