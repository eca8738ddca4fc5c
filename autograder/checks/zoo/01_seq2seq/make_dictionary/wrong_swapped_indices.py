# The two numbers of a link are swapped.
# stage: most_frequent
# cause: raised
def make_dictionary(examples):

    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for j, i in links:
            counts[source_words[i]][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
