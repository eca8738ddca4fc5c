# Plain dicts and max.
def make_dictionary(examples):

    tallies = {}
    for source_words, target_words, links in examples:
        for i, j in links:
            tally = tallies.setdefault(source_words[i], {})
            tally[target_words[j]] = tally.get(target_words[j], 0) + 1
    return {word: max(tally, key=tally.get) for word, tally in tallies.items()}
