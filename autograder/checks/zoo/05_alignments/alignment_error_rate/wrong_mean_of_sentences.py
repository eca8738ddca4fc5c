# The mean of the sentences' rates.
# stage: corpus
# cause: mean-of-sentences
def alignment_error_rate(examples):
    rates = []
    for links, sure, possible in examples:
        found, must, may = set(links), set(sure), set(sure) | set(possible)
        rates.append(1 - (len(found & must) + len(found & may)) / (len(found) + len(must)))
    return sum(rates) / len(rates)
