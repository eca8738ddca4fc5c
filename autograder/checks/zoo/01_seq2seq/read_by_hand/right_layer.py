# PyTorch's own layer with these weights.
def read_by_hand(words, word_weights, state_weights, bias):
    names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
    weights = dict(zip(names, (word_weights, state_weights, bias, torch.zeros_like(bias))))
    layer = nn.RNN(word_weights.shape[1], len(bias))
    states, _ = torch.func.functional_call(layer, weights, words.unsqueeze(1))
    return states.squeeze(1)
