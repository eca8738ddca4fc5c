# Counts from 1.
# stage: one
# cause: one-late
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    for head in heads:
        silenced[:, (head + 1) * size : (head + 2) * size] = 0
    return silenced
