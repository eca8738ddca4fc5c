# Words without a link get an empty translation.
# stage: unlinked
# cause: unlinked-words
def make_dictionary(examples):

    counts = defaultdict(Counter)
    words = {word for source_words, _, _ in examples for word in source_words}
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counts[word].most_common(1)[0][0] if word in counts else "" for word in words}
