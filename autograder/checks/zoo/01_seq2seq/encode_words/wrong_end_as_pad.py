# PAD in place of END.
# stage: known
# cause: end-as-pad
def encode_words(words, numbers):
    return [numbers.get(word, UNKNOWN) for word in words] + [PAD]
