# Ties stay in order of appearance.
# stage: order
# cause: ties-unsorted
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word in counts if counts[word] >= minimum_count]
    return [*SPECIAL_TOKENS, *(word for word, _ in counts.most_common() if word in frequent)]
