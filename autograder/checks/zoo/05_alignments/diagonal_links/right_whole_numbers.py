# Whole numbers only.
def diagonal_links(source_length, target_length):
    return [((2 * j + 1) * source_length // (2 * target_length), j) for j in range(target_length)]
