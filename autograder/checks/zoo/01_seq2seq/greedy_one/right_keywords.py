# Arguments by name, choosing by topk.
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    sentence, state = [], context
    for step in range(max_length):
        last = [[sentence[-1] if step else START]]
        logits, state = decoder(words=torch.tensor(last), state=state, context=context)
        best = logits.flatten().topk(1).indices.item()
        if best == END:
            break
        sentence.append(best)
    return sentence
