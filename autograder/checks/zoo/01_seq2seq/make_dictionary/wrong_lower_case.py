# Source words in small letters.
# stage: most_frequent
# cause: lower-case
def make_dictionary(examples):
    counts = defaultdict(Counter)
    for source_words, target_words, links in examples:
        for i, j in links:
            counts[source_words[i].lower()][target_words[j]] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
