# Heads are counted from 1.
# stage: one
# cause: one-early
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    for head in heads:
        silenced[:, (head - 1) * size : head * size] = 0
    return silenced
