# Each sentence weighs the same.
# stage: several
# cause: mean-of-precisions
def corpus_bleu(translations, references, matches, penalty):
    precisions = []
    for n in range(1, 5):
        counts = [matches(t, r, n) for t, r in zip(translations, references)]
        precisions.append(sum(hits / total for hits, total in counts) / len(counts))
    factor = penalty([len(words) for words in translations], [len(words) for words in references])
    return 100 * factor * math.prod(precisions) ** 0.25
