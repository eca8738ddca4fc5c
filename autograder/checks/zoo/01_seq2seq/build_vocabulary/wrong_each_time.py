# A word is listed as often as it appears.
# stage: order
# cause: too-many
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in sentence)
    frequent = [word for sentence in sentences for word in sentence if counts[word] >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
