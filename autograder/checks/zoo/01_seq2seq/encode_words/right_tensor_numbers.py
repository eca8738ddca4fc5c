# A tuple of tensors with one number each.
def encode_words(words, numbers):
    return tuple(torch.tensor(numbers.get(word, UNKNOWN)) for word in [*words, SPECIAL_TOKENS[END]])
