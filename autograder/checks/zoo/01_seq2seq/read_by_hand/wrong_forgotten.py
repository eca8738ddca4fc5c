# The state is not carried on.
# stage: all_words
# cause: state-forgotten
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        new = torch.tanh(word_weights @ word + state_weights @ state + bias)
        states.append(new)
    return torch.stack(states)
