# The first counterpart wins.
# stage: most_frequent
# cause: first-seen
def make_dictionary(examples):

    dictionary = {}
    for source_words, target_words, links in examples:
        for i, j in links:
            dictionary.setdefault(source_words[i], target_words[j])
    return dictionary
