# Only the word's part goes through tanh.
# stage: all_words
# cause: tanh-too-early
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + bias) + state_weights @ state
        states.append(state)
    return torch.stack(states)
