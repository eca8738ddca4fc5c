# Waits for END, however long it takes.
# stage: limit
# cause: never-stops
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    while True:
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word == END:
            return sentence
        sentence.append(word)
