# bentrevett: sentence by sentence.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    contexts, sentences = encoder(source, source_mask)[1], [[] for _ in range(source.shape[0])]
    hidden, words = contexts, torch.tensor([[START] for _ in range(source.shape[0])])
    open_rows = list(range(source.shape[0]))
    for _ in range(max_length):
        scores, hidden = decoder(words, hidden, contexts)
        best = scores.argmax(2)
        still = []
        for row in open_rows:
            token = best[row].item()
            if token != END:
                sentences[row].append(token)
                still.append(row)
        open_rows, words = still, best
        if not open_rows:
            break
    return sentences
