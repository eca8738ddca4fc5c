# Right sentences of each length, not their share.
# stage: shares
# cause: counts
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(translation == reference)
    return {n: sum(groups[n]) for n in sorted(groups)}
