# Words in small letters.
# stage: order
# cause: lower-case
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word.lower() for sentence in sentences for word in sentence)
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
