# A Counter, one link at a time.
from collections import Counter


def distances(weights, sure):
    return Counter(int(matrix[j].argmax()) - i for matrix, links in zip(weights, sure, strict=True) for i, j in links)
