# With a dimension for the heads.
def silence_heads(output, heads, count):
    parts = output.unflatten(1, (count, -1)).clone()
    parts[:, heads] = 0
    return parts.flatten(1)
