# Bahdanau et al.: a product for each state, then their sum.
def score_one(decoder_state, encoder_state, layer, output):
    hidden = decoder_state.shape[0]
    energy = torch.tanh(layer[:, :hidden] @ decoder_state + layer[:, hidden:] @ encoder_state)
    return torch.dot(output, energy)
