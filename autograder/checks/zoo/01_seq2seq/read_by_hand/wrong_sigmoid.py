# A sigmoid squeezes the sum.
# stage: first
# cause: sigmoid
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.sigmoid(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
