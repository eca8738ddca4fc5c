# CS224n a4: START in front of a source sentence.
def encode_words(words, numbers):
    return [START] + [numbers.get(word, UNKNOWN) for word in words] + [END]
