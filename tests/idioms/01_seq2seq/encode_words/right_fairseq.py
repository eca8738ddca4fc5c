# fairseq: an integer tensor filled place by place, END last.
def encode_words(words, numbers):
    ids = torch.zeros(len(words) + 1, dtype=torch.int32)
    for place, word in enumerate(words):
        ids[place] = numbers.get(word, UNKNOWN)
    ids[len(words)] = END
    return ids.tolist()
