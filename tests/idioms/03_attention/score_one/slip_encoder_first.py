# bentrevett: the states in the other order.
def score_one(decoder_state, encoder_state, layer, output):
    return output @ torch.tanh(layer @ torch.cat((encoder_state, decoder_state)))
