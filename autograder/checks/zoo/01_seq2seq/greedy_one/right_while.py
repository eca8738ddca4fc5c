# A while loop; the last word of the list is the next to be read.
@torch.no_grad()
def greedy_one(decoder, context, max_length):
    state, words = context, [START]
    while len(words) <= max_length and words[-1] != END:
        last = torch.full((1, 1), words[-1])
        logits, state = decoder(last, state, context)
        words.append(int(logits[0, -1].argmax()))
    return words[1:-1] if words[-1] == END else words[1:]
