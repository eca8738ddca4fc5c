# Never tests for END.
# stage: words
# cause: runs-past-end
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        sentence.append(word)
    return sentence
