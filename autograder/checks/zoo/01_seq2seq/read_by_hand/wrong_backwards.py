# Begins with the last word.
# stage: all_words
# cause: backwards
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words.flip(0):
        state = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
