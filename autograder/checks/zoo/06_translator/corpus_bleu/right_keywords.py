# Names every argument, and hands over tuples.
def corpus_bleu(translations, references, matches):
    product = 1.0
    for n in 1, 2, 3, 4:
        hits, totals = zip(
            *(
                matches(translation=tuple(made), reference=tuple(right), n=n)
                for made, right in zip(translations, references)
            )
        )
        product *= sum(hits) / sum(totals)
    missing = sum(len(right) - len(made) for made, right in zip(translations, references))
    return 100 * math.exp(-max(0, missing) / sum(map(len, translations))) * product**0.25
