# END is looked up as if it were a word.
# stage: known
# cause: number-looked-up
def encode_words(words, numbers):
    return [numbers.get(word, UNKNOWN) for word in words] + [numbers[END]]
