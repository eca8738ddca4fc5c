# Any word that the course has made for itself ends the sentence.
# stage: other_words
# cause: another-end
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = START, context, []
    for _ in range(max_length):
        logits, state = decoder(torch.tensor([[word]]), state, context)
        word = logits.argmax().item()
        if word <= END:
            break
        sentence.append(word)
    return sentence
