# fairseq: the queries scaled before, the mask added.
def attend(queries, keys, values, allowed):
    scaled = queries * keys.size(-1) ** -0.5
    scores = torch.einsum("...ta,...sa->...ts", scaled, keys)
    weights = F.softmax(scores + torch.where(allowed, 0.0, float("-inf")), dim=-1)
    return torch.einsum("...ts,...sh->...th", weights, values), weights
