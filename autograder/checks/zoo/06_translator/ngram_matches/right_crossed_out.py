# Crosses n-grams out, one by one.
def ngram_matches(translation, reference, n):
    left = [reference[i : i + n] for i in range(len(reference) - n + 1)]
    matches = total = 0
    for i in range(len(translation) - n + 1):
        total += 1
        piece = translation[i : i + n]
        if piece in left:
            left.remove(piece)
            matches += 1
    return matches, total
