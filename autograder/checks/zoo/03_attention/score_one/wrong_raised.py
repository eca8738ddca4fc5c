# Adds the states; the layer reads twice as many numbers.
# stage: one_unit
# cause: raised
def score_one(decoder_state, encoder_state, layer, output):
    return output @ torch.tanh(layer @ (decoder_state + encoder_state))
