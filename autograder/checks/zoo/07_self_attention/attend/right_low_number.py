# The query is scaled, and a very low number is added.
def attend(queries, keys, values, allowed):
    scaled = queries / math.sqrt(queries.shape[-1])
    fits = torch.matmul(scaled, keys.transpose(-1, -2))
    weights = F.softmax(fits + (~allowed) * -1e9, dim=-1)
    return torch.matmul(weights, values), weights
