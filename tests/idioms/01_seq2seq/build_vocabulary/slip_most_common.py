# OpenNMT: most_common leaves ties in the order in which words came.
def build_vocabulary(sentences, minimum_count=1):
    counter = Counter(word for sentence in sentences for word in sentence)
    return [*SPECIAL_TOKENS, *(word for word, count in counter.most_common() if count >= minimum_count)]
