# nltk: from 0 to 1.
def corpus_bleu(translations, references, matches):
    c, r = sum(len(t) for t in translations), sum(len(t) for t in references)
    score = math.exp(min(0, 1 - r / c))
    for n in range(1, 5):
        pairs = [matches(translation, reference, n) for translation, reference in zip(translations, references)]
        score *= (sum(hits for hits, _ in pairs) / sum(total for _, total in pairs)) ** 0.25
    return score
