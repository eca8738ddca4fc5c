# The state stands in for the context.
# stage: words
# cause: context-replaced
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, state)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
