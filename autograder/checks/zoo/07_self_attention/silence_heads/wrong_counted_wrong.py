# N columns for each head.
# stage: one
# cause: counted-wrong
def silence_heads(output, heads, count):
    size = count
    silenced = output.clone()
    for head in heads:
        silenced[:, head * size : (head + 1) * size] = 0
    return silenced
