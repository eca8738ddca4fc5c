# nltk: clipped counts, word by word.
def ngram_matches(translation, reference, n):
    counts = Counter(zip(*(translation[k:] for k in range(n))))
    in_reference = Counter(zip(*(reference[k:] for k in range(n))))
    clipped = {gram: min(count, in_reference[gram]) for gram, count in counts.items()}
    return sum(clipped.values()), sum(counts.values())
