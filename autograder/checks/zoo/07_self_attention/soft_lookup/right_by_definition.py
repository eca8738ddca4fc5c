# Softmax and sum written out.
def soft_lookup(query, keys, values, sharpness):
    powers = torch.exp(sharpness * (keys * query).sum(1))
    weights = powers / powers.sum()
    return (weights.unsqueeze(1) * values).sum(0)
