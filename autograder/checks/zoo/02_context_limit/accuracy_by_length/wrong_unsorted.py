# In the order in which the lengths appear.
# stage: order
# cause: unsorted
def accuracy_by_length(translations, references, lengths):
    groups = defaultdict(list)
    for translation, reference, length in zip(translations, references, lengths):
        groups[length].append(translation == reference)
    return {n: sum(groups[n]) / len(groups[n]) for n in groups}
