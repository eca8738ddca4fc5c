# The state stands on the wrong side of U.
# stage: all_words
# cause: state-transposed
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state @ state_weights + bias)
        states.append(state)
    return torch.stack(states)
