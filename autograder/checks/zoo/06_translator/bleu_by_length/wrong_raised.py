# Pairs instead of two lists.
# stage: one_group
# cause: raised
def bleu_by_length(sources, translations, references, score, width):
    groups = {}
    for source, translation, reference in zip(sources, translations, references):
        longest = math.ceil(len(source) / width) * width
        groups.setdefault(longest, []).append((translation, reference))
    found = {}
    for longest in sorted(groups):
        made, right = map(list, zip(*groups[longest]))
        found[longest] = (len(made), score(groups[longest]))
    return found
