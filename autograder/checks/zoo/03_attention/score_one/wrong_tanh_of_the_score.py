# The tanh is taken of the score.
# stage: several_units
# cause: tanh-of-the-score
def score_one(decoder_state, encoder_state, layer, output):
    return torch.tanh(output @ (layer @ torch.cat([decoder_state, encoder_state])))
