# nltk: a mean of one rate a sentence.
def alignment_error_rate(examples):
    rates = []
    for a, s, p in examples:
        found, sure = set(a), set(s)
        if found or sure:
            rates.append(1 - (len(found & sure) + len(found & (sure | set(p)))) / (len(found) + len(sure)))
    return sum(rates) / len(rates)
