# The library's geometric mean.
def corpus_bleu(translations, references, matches, penalty):
    counts = {n: [0, 0] for n in range(1, 5)}
    for n, sums in counts.items():
        for i, translation in enumerate(translations):
            hits, total = matches(translation, references[i], n)
            sums[0] += hits
            sums[1] += total
    shares = [hits / total for hits, total in counts.values()]
    mean = statistics.geometric_mean(shares) if all(shares) else 0
    return float(100 * mean * penalty([len(t) for t in translations], [len(r) for r in references]))
