# Links are ignored, positions are paired.
# stage: most_frequent
# cause: by-position
def make_dictionary(examples):

    counts = defaultdict(Counter)
    for source_words, target_words, _ in examples:
        for source_word, target_word in zip(source_words, target_words):
            counts[source_word][target_word] += 1
    return {word: counter.most_common(1)[0][0] for word, counter in counts.items()}
