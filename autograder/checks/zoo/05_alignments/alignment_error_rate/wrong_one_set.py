# Links of all sentences in one set.
# stage: corpus
# cause: one-set
def alignment_error_rate(examples):
    found, sure, possible = ({link for example in examples for link in example[k]} for k in range(3))
    possible |= sure
    return 1 - (len(found & sure) + len(found & possible)) / (len(found) + len(sure))
