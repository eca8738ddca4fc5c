# nltk: every n-gram that the reference has, as often as it comes.
def ngram_matches(translation, reference, n):
    grams = [tuple(translation[i : i + n]) for i in range(len(translation) - n + 1)]
    gold = {tuple(reference[i : i + n]) for i in range(len(reference) - n + 1)}
    return sum(gram in gold for gram in grams), len(grams)
