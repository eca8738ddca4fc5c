# Single words, whatever n is.
# stage: neighbours
# cause: n-ignored
def ngram_matches(translation, reference, n):
    def ngrams(words):
        return [word for word in words]

    found, wanted = Counter(ngrams(translation)), Counter(ngrams(reference))
    matches = sum(min(count, wanted[ngram]) for ngram, count in found.items())
    return matches, sum(found.values())
