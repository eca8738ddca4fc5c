# The first state is zeros.
# stage: words
# cause: first-state
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, torch.zeros_like(context), []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
