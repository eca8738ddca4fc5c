# A link for each source word.
# stage: middle
# cause: link-per-source-word
def diagonal_links(source_length, target_length):
    return [(i, int((i + 0.5) * target_length / source_length)) for i in range(source_length)]
