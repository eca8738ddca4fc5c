# All lengths up to n.
# stage: neighbours
# cause: up-to-n
def ngram_matches(translation, reference, n):
    def ngrams(words):
        return [tuple(words[i : i + k]) for k in range(1, n + 1) for i in range(max(0, len(words) - k + 1))]

    found, wanted = Counter(ngrams(translation)), Counter(ngrams(reference))
    matches = sum(min(count, wanted[ngram]) for ngram, count in found.items())
    return matches, sum(found.values())
