# Greater than in place of at least.
# stage: order
# cause: minimum-excluded
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word in counts if counts[word] > minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
