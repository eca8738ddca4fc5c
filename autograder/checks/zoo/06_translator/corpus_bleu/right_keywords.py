# Names every argument, and hands over tuples.
def corpus_bleu(translations, references, matches, penalty):
    product = 1.0
    for n in 1, 2, 3, 4:
        hits, totals = zip(
            *(
                matches(translation=tuple(made), reference=tuple(right), n=n)
                for made, right in zip(translations, references)
            )
        )
        product *= sum(hits) / sum(totals)
    short = penalty(translation_lengths=tuple(map(len, translations)), reference_lengths=tuple(map(len, references)))
    return 100 * short * product**0.25
