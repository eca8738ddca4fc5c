# BLEU of each sentence.
# stage: several
# cause: mean-of-sentences
def corpus_bleu(translations, references, matches):
    c, r = sum(map(len, translations)), sum(map(len, references))
    factor = min(1.0, math.exp(1 - r / c))
    scores = []
    for translation, reference in zip(translations, references):
        precisions = []
        for n in range(1, 5):
            hits, total = matches(translation, reference, n)
            precisions.append(hits / total)
        scores.append(100 * factor * math.prod(precisions) ** 0.25)
    return sum(scores) / len(scores)
