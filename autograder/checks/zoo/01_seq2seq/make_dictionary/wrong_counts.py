# Returns the tallies.
# stage: most_frequent
# cause: counts-returned
def make_dictionary(examples):

    counts = {}
    for source_words, target_words, links in examples:
        for i, j in links:
            tally = counts.setdefault(source_words[i], {})
            tally[target_words[j]] = tally.get(target_words[j], 0) + 1
    return counts
