# fast_align: counts a sentence, added up, as an exact fraction.
def alignment_error_rate(examples):
    from fractions import Fraction

    sizes = [(len({*a} & {*s}), len({*a} & ({*s} | {*p})), len({*a}), len({*s})) for a, s, p in examples]
    both, allowed, found, sure = map(sum, zip(*sizes))
    return float(1 - Fraction(both + allowed, found + sure))
