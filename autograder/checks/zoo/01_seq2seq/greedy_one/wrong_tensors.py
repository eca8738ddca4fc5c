# A list of tensors.
# stage: words
# cause: tensors-kept
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax()
        if word == END:
            break
        sentence.append(word)
    return sentence
