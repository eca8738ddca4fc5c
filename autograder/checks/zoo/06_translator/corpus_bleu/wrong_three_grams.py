# n up to 3.
# stage: one
# cause: three-grams
def corpus_bleu(translations, references, matches, penalty):
    precisions = []
    for n in range(1, 4):
        hits = total = 0
        for translation, reference in zip(translations, references):
            found, possible = matches(translation, reference, n)
            hits, total = hits + found, total + possible
        precisions.append(hits / total)
    factor = penalty([len(words) for words in translations], [len(words) for words in references])
    return 100 * factor * math.prod(precisions) ** (1 / 3)
