# The left edge of the target word.
# stage: middle
# cause: left-edge
def diagonal_links(source_length, target_length):
    return [(j * source_length // target_length, j) for j in range(target_length)]
