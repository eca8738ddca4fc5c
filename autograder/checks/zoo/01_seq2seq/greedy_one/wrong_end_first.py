# The decoder reads END first.
# stage: words
# cause: start-missing
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = END, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
