# The last in the alphabet wins, not the most frequent.
# stage: most_frequent
# cause: alphabetical
def make_dictionary(examples):

    counterparts = defaultdict(set)
    for source_words, target_words, links in examples:
        for i, j in links:
            counterparts[source_words[i]].add(target_words[j])
    return {word: max(found) for word, found in counterparts.items()}
