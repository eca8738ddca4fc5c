# Returns the hidden units.
# stage: one_unit
# cause: hidden-returned
def score_one(decoder_state, encoder_state, layer, output):
    return torch.tanh(layer @ torch.cat([decoder_state, encoder_state]))
