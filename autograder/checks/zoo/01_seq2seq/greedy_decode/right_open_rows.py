# Names every argument, in inference mode, and keeps the numbers of the rows that go on.
@torch.inference_mode()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source=source, source_mask=source_mask)
    words = torch.full((len(source), 1), START)
    written, state = [[] for _ in source], context
    open_rows = set(range(len(source)))
    for _ in range(max_length):
        logits, state = decoder(words=words, state=state, context=context)
        words = logits.argmax(dim=-1)
        for row, word in enumerate(words.flatten().tolist()):
            if word == END:
                open_rows.discard(row)
            elif row in open_rows:
                written[row].append(word)
        if not open_rows:
            break
    return written
