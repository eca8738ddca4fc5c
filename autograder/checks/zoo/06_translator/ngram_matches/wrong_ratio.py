# Divided at once.
# stage: words
# cause: ratio
def ngram_matches(translation, reference, n):
    def ngrams(words):
        return [tuple(words[i : i + n]) for i in range(max(0, len(words) - n + 1))]

    found, wanted = Counter(ngrams(translation)), Counter(ngrams(reference))
    matches = sum(min(count, wanted[ngram]) for ngram, count in found.items())
    return matches / sum(found.values())
