# The Annotated Transformer: matmul and masked_fill where the mask is 0.
def scaled_dot_product(queries, keys, values, mask):
    d_k = queries.size(-1)
    scores = torch.matmul(queries, keys.transpose(-2, -1)) / math.sqrt(d_k)
    p_attn = scores.masked_fill(mask.unsqueeze(1) == 0, -1e9).softmax(dim=-1)
    return torch.matmul(p_attn, values), p_attn
