# The last state only.
# stage: first
# cause: only-the-last
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(state)
    return state
