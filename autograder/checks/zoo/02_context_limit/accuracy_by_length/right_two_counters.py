# Counters of hits and of sentences; tensors as numbers.
def accuracy_by_length(translations, references, lengths):
    from collections import Counter

    total = Counter(lengths)
    hits = Counter(n for a, b, n in zip(translations, references, lengths) if tuple(a) == tuple(b))
    return {n: torch.tensor(hits[n] / total[n]) for n in sorted(total)}
