# Each state is cut off from the one before.
# stage: gradient
# cause: gradient-cut
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state.detach() + bias)
        states.append(state)
    return torch.stack(states)
