# Precisions of 0 left out.
# stage: zero
# cause: zero-skipped
def corpus_bleu(translations, references, matches):
    precisions = []
    for n in range(1, 5):
        hits = total = 0
        for translation, reference in zip(translations, references):
            found, possible = matches(translation, reference, n)
            hits, total = hits + found, total + possible
        precisions.append(hits / total)
    precisions = [p for p in precisions if p]
    c, r = sum(map(len, translations)), sum(map(len, references))
    factor = min(1.0, math.exp(1 - r / c))
    return 100 * factor * math.prod(precisions) ** (1 / len(precisions))
