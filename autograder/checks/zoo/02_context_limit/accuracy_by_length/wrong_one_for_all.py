# The accuracy of all sentences at every length.
# stage: shares
# cause: one-for-all
def accuracy_by_length(translations, references, lengths):
    share = sum(a == b for a, b in zip(translations, references)) / len(references)
    return {n: share for n in sorted(set(lengths))}
