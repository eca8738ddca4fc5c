# One step too many.
# stage: limit
# cause: length-off
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length + 1):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
