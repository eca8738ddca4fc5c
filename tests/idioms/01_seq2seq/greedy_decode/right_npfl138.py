# npfl138: a tensor of results that is filled, and rows that are done.
@torch.no_grad()
def greedy_decode(encoder, decoder, source, source_mask, max_length):
    _, context = encoder(source, source_mask)
    results, state = [], context
    inputs = torch.full([len(source), 1], START, dtype=torch.int64)
    lengths = torch.full([len(source)], max_length)
    while len(results) < max_length and bool((lengths == max_length).any()):
        logits, state = decoder(inputs, state, context)
        predictions = logits[:, 0].argmax(dim=-1)
        results.append(predictions)
        just = (predictions == END) & (lengths == max_length)
        lengths = torch.where(just, torch.tensor(len(results) - 1), lengths)
        inputs = predictions.unsqueeze(1)
    table = torch.stack(results, dim=1)
    return [table[row, : int(lengths[row])].tolist() for row in range(len(source))]
