# The layer cut in two halves.
def score_one(decoder_state, encoder_state, layer, output):
    size = len(decoder_state)
    hidden = torch.tanh(layer[:, :size] @ decoder_state + layer[:, size:] @ encoder_state)
    return (output * hidden).sum()
