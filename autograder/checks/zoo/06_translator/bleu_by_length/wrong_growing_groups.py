# Up to this length.
# stage: several
# cause: growing-groups
def bleu_by_length(sources, translations, references, score, width):
    groups = {}
    for source, translation, reference in zip(sources, translations, references):
        longest = math.ceil(len(source) / width) * width
        groups.setdefault(longest, []).append((translation, reference))
    found = {}
    for longest in sorted(groups):
        made, right = map(list, zip(*[pair for k in groups if k <= longest for pair in groups[k]]))
        found[longest] = (len(made), score(made, right))
    return found
