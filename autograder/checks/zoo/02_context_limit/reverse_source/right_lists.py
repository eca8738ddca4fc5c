# Lists, padded again.
def reverse_source(source, source_mask, links):
    sentences = [row[mask].tolist() for row, mask in zip(source, source_mask, strict=True)]
    turned = [[*reversed(sentence[:-1]), sentence[-1]] for sentence in sentences]
    moved = []
    for sentence, pairs in zip(sentences, links, strict=True):
        moved.append([(len(sentence) - 2 - i, j) for i, j in pairs])
    return pad_batch(turned)[0], moved
