# The share of wrong sentences.
# stage: shares
# cause: mistakes-counted
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(translation != reference)
    return {n: sum(groups[n]) / len(groups[n]) for n in sorted(groups)}
