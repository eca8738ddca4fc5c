# Sorted tuples; returns a tuple.
import itertools


def build_vocabulary(sentences, minimum_count=1):
    pairs = Counter(itertools.chain.from_iterable(sentences)).items()
    ranked = sorted((-count, word) for word, count in pairs if count >= minimum_count)
    return tuple(SPECIAL_TOKENS) + tuple(word for _, word in ranked)
