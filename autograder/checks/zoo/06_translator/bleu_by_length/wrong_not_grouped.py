# Each length for itself.
# stage: one_group
# cause: not-grouped
def bleu_by_length(sources, translations, references, score, width):
    groups = {}
    for source, translation, reference in zip(sources, translations, references):
        longest = len(source)
        groups.setdefault(longest, []).append((translation, reference))
    found = {}
    for longest in sorted(groups):
        made, right = map(list, zip(*groups[longest]))
        found[longest] = (len(made), score(made, right))
    return found
