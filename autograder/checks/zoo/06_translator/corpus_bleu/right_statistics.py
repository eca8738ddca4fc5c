# The library's geometric mean.
import statistics


def corpus_bleu(translations, references, matches):
    counts = {n: [0, 0] for n in range(1, 5)}
    for n, sums in counts.items():
        for i, translation in enumerate(translations):
            hits, total = matches(translation, references[i], n)
            sums[0] += hits
            sums[1] += total
    shares = [hits / total for hits, total in counts.values()]
    mean = statistics.geometric_mean(shares) if all(shares) else 0
    c, r = len([w for t in translations for w in t]), len([w for t in references for w in t])
    return float(100 * mean * (math.exp(1 - r / c) if c < r else 1))
