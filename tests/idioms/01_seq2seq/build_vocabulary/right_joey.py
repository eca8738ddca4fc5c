# Joey NMT: alphabetical first, then a stable sort by count.
def build_vocabulary(sentences, minimum_count=1):
    counter = Counter()
    for sentence in sentences:
        counter.update(sentence)
    kept = {word: count for word, count in counter.items() if count >= minimum_count}
    alphabetical = sorted(kept)
    return list(SPECIAL_TOKENS) + sorted(alphabetical, key=kept.get, reverse=True)
