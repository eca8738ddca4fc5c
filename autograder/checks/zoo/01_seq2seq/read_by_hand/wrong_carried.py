# What is carried on has not been squeezed.
# stage: all_words
# cause: no-tanh-carried
def read_by_hand(words, word_weights, state_weights, bias):
    state = torch.zeros(len(bias))
    states = []
    for word in words:
        state = word_weights @ word + state_weights @ state + bias
        states.append(torch.tanh(state))
    return torch.stack(states)
