# The score as a plain number.
# stage: one_unit
# cause: plain-number
def score_one(decoder_state, encoder_state, layer, output):
    both = torch.cat([decoder_state, encoder_state])
    return (output @ torch.tanh(layer @ both)).item()
