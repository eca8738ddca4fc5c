# Words stay tensors.
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    word, state, sentence = torch.tensor([[START]]), context, []
    for _ in range(max_length):
        logits, state = decoder(word, state, context)
        word = logits.max(-1).indices
        if (word == END).all():
            return sentence
        sentence += word[0].tolist()
    return sentence
