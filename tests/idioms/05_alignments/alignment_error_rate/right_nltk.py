# nltk: the sets of all sentences, each link with its sentence.
def alignment_error_rate(examples):
    found, sure, possible = set(), set(), set()
    for number, (a, s, p) in enumerate(examples):
        found |= {(number, *link) for link in a}
        sure |= {(number, *link) for link in s}
        possible |= {(number, *link) for link in p}
    possible |= sure
    return 1.0 - (len(found & sure) + len(found & possible)) / float(len(found) + len(sure))
