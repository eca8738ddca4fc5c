# Shifted copies, zipped.
def ngram_matches(translation, reference, n):
    found, wanted = (Counter(zip(*(words[i:] for i in range(n)))) for words in (translation, reference))
    return sum((found & wanted).values()), max(len(translation) - n + 1, 0)
