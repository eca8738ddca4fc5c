# All from the first to the last.
# stage: several
# cause: all-between
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    silenced[:, min(heads) * size : (max(heads) + 1) * size] = 0
    return silenced
