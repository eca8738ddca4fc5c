# Lists of tensors.
# stage: words
# cause: tensors-kept
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    state = context
    words = torch.full_like(source[:, :1], START)
    ended = torch.zeros(len(source), dtype=torch.bool)
    sentences = [[] for _ in source]
    for _ in range(max_length):
        logits, state = decoder(words, state, context)
        words = logits.argmax(-1)
        ended |= words.squeeze(1) == END
        if ended.all():
            break
        for row in (~ended).nonzero().flatten().tolist():
            sentences[row].append(words[row])
    return sentences
