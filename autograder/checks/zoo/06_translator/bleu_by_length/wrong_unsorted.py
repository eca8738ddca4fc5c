# In the order of the sentences.
# stage: order
# cause: unsorted
def bleu_by_length(sources, translations, references, score, width):
    groups = {}
    for source, translation, reference in zip(sources, translations, references):
        longest = math.ceil(len(source) / width) * width
        groups.setdefault(longest, []).append((translation, reference))
    found = {}
    for longest in groups:
        made, right = map(list, zip(*groups[longest]))
        found[longest] = (len(made), score(made, right))
    return found
