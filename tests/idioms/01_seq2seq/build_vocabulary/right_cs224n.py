# CS224n a4: the words of a chain that occur often enough.
def build_vocabulary(sentences, minimum_count=1):
    from itertools import chain

    frequency = Counter(chain.from_iterable(sentences))
    valid = [word for word, times in frequency.items() if times >= minimum_count]
    valid.sort()
    valid.sort(key=lambda word: frequency[word], reverse=True)
    return [*SPECIAL_TOKENS, *valid]
