# d2l: a word has to come more often than the minimum.
def build_vocabulary(sentences, minimum_count=1):
    counter = Counter(word for sentence in sentences for word in sentence)
    kept = [word for word, count in counter.items() if count > minimum_count]
    return [*SPECIAL_TOKENS, *sorted(kept, key=lambda word: (-counter[word], word))]
