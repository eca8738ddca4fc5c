# Long ones do not make up.
# stage: penalised
# cause: short-ones-only
def corpus_bleu(translations, references, matches):
    precisions = []
    for n in range(1, 5):
        hits = total = 0
        for translation, reference in zip(translations, references):
            found, possible = matches(translation, reference, n)
            hits, total = hits + found, total + possible
        precisions.append(hits / total)
    c, r = sum(map(len, translations)), sum(map(len, references))
    short = [(len(a), len(b)) for a, b in zip(translations, references) if len(a) < len(b)]
    c, r = sum(a for a, _ in short), sum(b for _, b in short)
    factor = math.exp(1 - r / c) if short else 1.0
    return 100 * factor * math.prod(precisions) ** 0.25
