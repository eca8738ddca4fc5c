# Takes the worst score.
# stage: words
# cause: least-likely
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmin().item()
        if word == END:
            break
        sentence.append(word)
    return sentence
