# b is left out.
# stage: first
# cause: bias-left-out
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state)
        states.append(state)
    return torch.stack(states)
