# simalign: a possible set taken for one that holds the sure links.
def alignment_error_rate(examples):
    hits = total = 0
    for a, s, p in examples:
        hits += len({*a} & {*s}) + len({*a} & {*p})
        total += len({*a}) + len({*s})
    return 1 - hits / total
