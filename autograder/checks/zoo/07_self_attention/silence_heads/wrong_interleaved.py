# Every N-th column.
# stage: one
# cause: interleaved
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    for head in heads:
        silenced[:, head::count] = 0
    return silenced
