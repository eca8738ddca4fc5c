# The sum is not squeezed.
# stage: first
# cause: no-tanh
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = word_weights @ word + state_weights @ state + bias
        states.append(state)
    return torch.stack(states)
