# The state is thrown away.
# stage: words
# cause: state-lost
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, _ = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
