# Each sentence weighs the same.
# stage: several
# cause: mean-of-precisions
def corpus_bleu(translations, references, matches):
    precisions = []
    for n in range(1, 5):
        counts = [matches(t, r, n) for t, r in zip(translations, references)]
        precisions.append(sum(hits / total for hits, total in counts) / len(counts))
    c, r = sum(map(len, translations)), sum(map(len, references))
    factor = min(1.0, math.exp(1 - r / c))
    return 100 * factor * math.prod(precisions) ** 0.25
