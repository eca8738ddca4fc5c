# W and U are swapped.
# stage: first
# cause: raised
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(state_weights @ word + word_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
