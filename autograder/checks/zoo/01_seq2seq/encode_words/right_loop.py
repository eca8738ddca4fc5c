# A loop; special numbers are looked up.
def encode_words(words, numbers):
    encoded = []
    for word in words:
        if word in numbers:
            encoded.append(numbers[word])
        else:
            encoded.append(numbers["<unknown>"])
    encoded.append(numbers["<end>"])
    return encoded
