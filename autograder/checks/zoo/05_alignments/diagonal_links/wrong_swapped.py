# The target word comes first.
# stage: middle
# cause: swapped
def diagonal_links(source_length, target_length):
    return [(j, int((j + 0.5) * source_length / target_length)) for j in range(target_length)]
