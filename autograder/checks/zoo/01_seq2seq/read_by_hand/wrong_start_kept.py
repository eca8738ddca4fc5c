# The zeros at the beginning are part of the result.
# stage: first
# cause: start-kept
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = [state]
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return torch.stack(states)
