# Special tokens behind the words.
# stage: order
# cause: special-tokens-last
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word in counts if counts[word] >= minimum_count]
    return sorted(frequent, key=lambda word: (-counts[word], word)) + list(SPECIAL_TOKENS)
