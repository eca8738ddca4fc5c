# d2l: a counter sorted by frequency, cut where words become too rare.
def build_vocabulary(sentences, minimum_count=1):
    tokens = [token for line in sentences for token in line]
    by_count = sorted(Counter(tokens).items(), key=lambda pair: (-pair[1], pair[0]))
    words = list(SPECIAL_TOKENS)
    for token, frequency in by_count:
        if frequency < minimum_count:
            break
        words.append(token)
    return words
