# The lengths are mixed up.
# stage: middle
# cause: ratio-inverted
def diagonal_links(source_length, target_length):
    return [(int((j + 0.5) * target_length / source_length), j) for j in range(target_length)]
