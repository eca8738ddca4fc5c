# From target to source.
# stage: most_frequent
# cause: reversed
def make_dictionary(examples):

    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[target_words[j]][source_words[i]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
