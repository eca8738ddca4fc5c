# Word j with word j.
# stage: middle
# cause: same-index
def diagonal_links(source_length, target_length):
    return [(j, j) for j in range(target_length)]
