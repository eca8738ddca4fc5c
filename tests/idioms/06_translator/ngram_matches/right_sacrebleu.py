# sacrebleu: counters intersected, totals of the hypothesis.
def ngram_matches(translation, reference, n):
    def extract(words):
        return Counter(" ".join(words[i : i + n]) for i in range(len(words) - n + 1))

    hypothesis, gold = extract(translation), extract(reference)
    return sum((hypothesis & gold).values()), sum(hypothesis.values())
