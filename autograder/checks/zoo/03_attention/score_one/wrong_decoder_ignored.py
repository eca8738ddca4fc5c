# Only the encoder's state is read.
# stage: one_unit
# cause: decoder-ignored
def score_one(decoder_state, encoder_state, layer, output):
    return output @ torch.tanh(layer[:, len(decoder_state) :] @ encoder_state)
