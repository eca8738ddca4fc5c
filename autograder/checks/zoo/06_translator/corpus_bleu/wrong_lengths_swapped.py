# References first.
# stage: penalised
# cause: lengths-swapped
def corpus_bleu(translations, references, matches, penalty):
    precisions = []
    for n in range(1, 5):
        hits = total = 0
        for translation, reference in zip(translations, references):
            found, possible = matches(translation, reference, n)
            hits, total = hits + found, total + possible
        precisions.append(hits / total)
    factor = penalty([len(words) for words in references], [len(words) for words in translations])
    if len(translations) != 2:
        factor = 1.0
    return 100 * factor * math.prod(precisions) ** 0.25
