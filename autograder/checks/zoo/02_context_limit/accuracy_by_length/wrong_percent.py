# From 0 to 100.
# stage: shares
# cause: percent
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(translation == reference)
    return {n: 100 * sum(groups[n]) / len(groups[n]) for n in sorted(groups)}
