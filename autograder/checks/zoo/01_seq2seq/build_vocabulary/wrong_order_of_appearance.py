# Not sorted.
# stage: order
# cause: order-of-appearance
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for word in counts if counts[word] >= minimum_count]
    return [*SPECIAL_TOKENS, *frequent]
