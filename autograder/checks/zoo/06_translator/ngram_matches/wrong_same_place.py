# Only at the same place.
# stage: words
# cause: same-place
def ngram_matches(translation, reference, n):
    def ngrams(words):
        return [tuple(words[i : i + n]) for i in range(max(0, len(words) - n + 1))]

    found, wanted = Counter(ngrams(translation)), Counter(ngrams(reference))
    matches = sum(a == b for a, b in zip(ngrams(translation), ngrams(reference)))
    return matches, sum(found.values())
