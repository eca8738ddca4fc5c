# BLEU of each sentence.
# stage: several
# cause: mean-of-sentences
def corpus_bleu(translations, references, matches, penalty):
    factor = penalty([len(words) for words in translations], [len(words) for words in references])
    scores = []
    for translation, reference in zip(translations, references):
        precisions = []
        for n in range(1, 5):
            hits, total = matches(translation, reference, n)
            precisions.append(hits / total)
        scores.append(100 * factor * math.prod(precisions) ** 0.25)
    return sum(scores) / len(scores)
