# Keeps the heads that are named.
# stage: one
# cause: others-silent
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = torch.zeros_like(output)
    for head in heads:
        part = slice(head * size, (head + 1) * size)
        silenced[:, part] = output[:, part]
    return silenced
