# Words in any order.
# stage: places
# cause: order-ignored
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(sorted(translation) == sorted(reference))
    return {n: sum(groups[n]) / len(groups[n]) for n in sorted(groups)}
