# Divided by all sentences.
# stage: shares
# cause: all-sentences
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(translation == reference)
    return {n: sum(groups[n]) / len(lengths) for n in sorted(groups)}
