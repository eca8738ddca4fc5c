# nltk: the logarithms' weighted sum.
def corpus_bleu(translations, references, matches):
    numerators, denominators = Counter(), Counter()
    for translation, reference in zip(translations, references):
        for n in range(1, 5):
            hits, total = matches(translation, reference, n)
            numerators[n] += hits
            denominators[n] += total
    if min(numerators[n] for n in range(1, 5)) == 0:
        return 0.0
    logs = math.fsum(0.25 * math.log(numerators[n] / denominators[n]) for n in range(1, 5))
    hypothesis, gold = sum(len(t) for t in translations), sum(len(r) for r in references)
    return 100 * (1.0 if hypothesis > gold else math.exp(1 - gold / hypothesis)) * math.exp(logs)
