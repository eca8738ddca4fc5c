# The Annotated Transformer: no upper triangle.
def causal_mask(length):
    subsequent = torch.triu(torch.ones(1, length, length), diagonal=1).type(torch.uint8)
    return (subsequent == 0)[0]
