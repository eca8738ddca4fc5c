# Rows are silenced as well.
# stage: one
# cause: rows-too
def silence_heads(output, heads, count):
    size = output.shape[1] // count
    silenced = output.clone()
    for head in heads:
        silenced[:, head * size : (head + 1) * size] = 0
        silenced[head * size : (head + 1) * size] = 0
    return silenced
