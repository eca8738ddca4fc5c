# The Annotated Transformer: a very low number where the mask is 0.
def attend(queries, keys, values, allowed):
    scores = torch.matmul(queries, keys.transpose(-2, -1)) / math.sqrt(queries.size(-1))
    weights = scores.masked_fill(allowed == 0, -1e9).softmax(dim=-1)
    return torch.matmul(weights, values), weights
