# zip stops with the shorter of the two.
# stage: ends
# cause: beginning-only
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(all(a == b for a, b in zip(translation, reference)))
    return {n: sum(groups[n]) / len(groups[n]) for n in sorted(groups)}
