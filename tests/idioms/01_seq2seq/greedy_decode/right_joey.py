# Joey NMT: the whole batch to the end, cut at END afterwards.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    previous, hidden = source.new_full((source.size(0), 1), START), context
    finished, output = source.new_zeros(source.size(0), dtype=torch.bool), []
    for _ in range(max_length):
        logits, hidden = decoder(previous, hidden, context)
        previous = torch.argmax(logits, dim=-1)
        output.append(previous.squeeze(1).detach().cpu().numpy())
        finished |= previous.squeeze(1).eq(END)
        if finished.sum() == source.size(0):
            break
    sentences = []
    for row in range(source.size(0)):
        words = [int(step[row]) for step in output]
        sentences.append(words[: words.index(END)] if END in words else words)
    return sentences
