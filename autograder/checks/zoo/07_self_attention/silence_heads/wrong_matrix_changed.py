# No copy.
# stage: unchanged
# cause: matrix-changed
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output
    for head in heads:
        silenced[:, head * size : (head + 1) * size] = 0
    return silenced
