# One flat tally, sorted so that the largest count is written last.
def make_dictionary(examples):

    pairs = Counter((s[i], t[j]) for s, t, links in examples for i, j in links)
    dictionary = {}
    for (word, counterpart), _ in sorted(pairs.items(), key=lambda item: item[1]):
        dictionary[word] = counterpart
    return dictionary
