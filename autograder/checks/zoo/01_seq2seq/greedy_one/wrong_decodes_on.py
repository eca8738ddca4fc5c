# Writes max_length words, and cuts them at END.
# stage: stops
# cause: decodes-on
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        sentence.append(word)
    return sentence[: sentence.index(END)] if END in sentence else sentence
