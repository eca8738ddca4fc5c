# By logarithms, 0 seen to.
def corpus_bleu(translations, references, matches):
    sums = torch.zeros(4, 2, dtype=torch.float64)
    for translation, reference in zip(translations, references):
        sums += torch.tensor([matches(translation, reference, n) for n in (1, 2, 3, 4)])
    if (sums[:, 0] == 0).any():
        return 0.0
    c, r = sum(map(len, translations)), sum(map(len, references))
    return 100 * ((sums[:, 0] / sums[:, 1]).log().mean() + min(0.0, 1 - r / c)).exp().item()
