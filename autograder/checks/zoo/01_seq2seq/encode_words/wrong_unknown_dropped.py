# Unknown words vanish.
# stage: unknown
# cause: unknown-dropped
def encode_words(words, numbers):
    return [numbers[word] for word in words if word in numbers] + [END]
