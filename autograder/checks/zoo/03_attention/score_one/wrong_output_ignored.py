# Adds the hidden units up.
# stage: several_units
# cause: output-ignored
def score_one(decoder_state, encoder_state, layer, output):
    return torch.tanh(layer @ torch.cat([decoder_state, encoder_state])).sum()
