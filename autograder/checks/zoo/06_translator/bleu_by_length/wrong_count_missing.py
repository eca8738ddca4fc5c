# The score alone.
# stage: one_group
# cause: count-missing
def bleu_by_length(sources, translations, references, score, width):
    groups = {}
    for source, translation, reference in zip(sources, translations, references):
        longest = math.ceil(len(source) / width) * width
        groups.setdefault(longest, []).append((translation, reference))
    found = {}
    for longest in sorted(groups):
        made, right = map(list, zip(*groups[longest]))
        found[longest] = score(made, right)
    return found
