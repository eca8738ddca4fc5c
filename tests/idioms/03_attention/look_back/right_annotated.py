# The Annotated Transformer: exponentials over their sum, the greatest score taken away.
def look_back(scores, states):
    powers = torch.exp(scores - scores.max())
    p_attn = powers / powers.sum()
    return p_attn, torch.matmul(p_attn, states)
