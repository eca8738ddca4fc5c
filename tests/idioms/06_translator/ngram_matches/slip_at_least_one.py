# nltk: a total of at least 1.
def ngram_matches(translation, reference, n):
    counts = Counter(tuple(translation[i : i + n]) for i in range(len(translation) - n + 1))
    gold = Counter(tuple(reference[i : i + n]) for i in range(len(reference) - n + 1))
    return (counts & gold).total(), max(1, counts.total())
