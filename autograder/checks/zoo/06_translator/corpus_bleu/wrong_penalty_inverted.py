# The quotient upside down.
# stage: penalised
# cause: penalty-inverted
def corpus_bleu(translations, references, matches):
    precisions = []
    for n in range(1, 5):
        hits = total = 0
        for translation, reference in zip(translations, references):
            found, possible = matches(translation, reference, n)
            hits, total = hits + found, total + possible
        precisions.append(hits / total)
    c, r = sum(map(len, translations)), sum(map(len, references))
    factor = math.exp(1 - c / r) if c < r else 1.0
    return 100 * factor * math.prod(precisions) ** 0.25
