# d2l: a dict of the reference's n-grams that is used up.
def ngram_matches(translation, reference, n):
    matches, left = 0, {}
    for i in range(len(reference) - n + 1):
        gram = " ".join(reference[i : i + n])
        left[gram] = left.get(gram, 0) + 1
    for i in range(len(translation) - n + 1):
        gram = " ".join(translation[i : i + n])
        if left.get(gram, 0) > 0:
            matches += 1
            left[gram] -= 1
    return matches, max(0, len(translation) - n + 1)
