# Counts the sentences that have a word.
# stage: order
# cause: by-sentence
def build_vocabulary(sentences, minimum_count=1):
    counts = Counter(word for sentence in sentences for word in set(sentence))
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    return [*SPECIAL_TOKENS, *sorted(frequent, key=lambda word: (-counts[word], word))]
