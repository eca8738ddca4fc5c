# Every source word has a tally, that of a word without links is empty.
# stage: unlinked
# cause: empty-tally
def make_dictionary(examples):
    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for word in source_words:
            counts[word]
        for i, j in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
