# Two linear layers in a row.
# stage: one_unit
# cause: no-tanh
def score_one(decoder_state, encoder_state, layer, output):
    return output @ (layer @ torch.cat([decoder_state, encoder_state]))
