# The first state is b.
# stage: first
# cause: starts-from-b
def read_by_hand(words, word_weights, state_weights, bias):
    state = bias
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
