# Joey NMT: the hidden units times their weights, added.
def score_one(decoder_state, encoder_state, layer, output):
    units = torch.mv(layer, torch.hstack([decoder_state, encoder_state])).tanh()
    return torch.sum(units * output, dim=-1)
