# Two stable sorts.
def build_vocabulary(sentences, minimum_count=1):
    counts = {}
    for sentence in sentences:
        for word in sentence:
            counts[word] = counts.get(word, 0) + 1
    words = sorted(word for word, count in counts.items() if not count < minimum_count)
    words.sort(key=counts.get, reverse=True)
    return list(SPECIAL_TOKENS) + words
