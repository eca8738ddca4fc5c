# One column for each head.
# stage: one
# cause: column-only
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    for head in heads:
        silenced[:, head * size] = 0
    return silenced
