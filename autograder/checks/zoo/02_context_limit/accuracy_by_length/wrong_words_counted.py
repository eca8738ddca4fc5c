# The share of right words.
# stage: shares
# cause: words-counted
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(sum(a == b for a, b in zip(translation, reference)) / len(reference))
    return {n: sum(groups[n]) / len(groups[n]) for n in sorted(groups)}
