# PyTorch: its own square mask of 0 and minus infinity.
def causal_mask(length):
    return nn.Transformer.generate_square_subsequent_mask(length) == 0
