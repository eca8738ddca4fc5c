# minimum_count is not used.
# stage: minimum
# cause: rare-words-kept
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    return [*SPECIAL_TOKENS, *sorted(counts, key=lambda word: (-counts[word], word))]
