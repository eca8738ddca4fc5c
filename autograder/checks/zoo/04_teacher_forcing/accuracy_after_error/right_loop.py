# Sentence by sentence.
def accuracy_after_error(written, target, mask, reach):
    counts, hits = torch.zeros(reach), torch.zeros(reach)
    for words, wanted, real in zip(written, target, mask, strict=True):
        right = (words == wanted)[real].tolist()
        if False in right:
            behind = right[right.index(False) + 1 :][:reach]
            counts[: len(behind)] += 1
            hits[: len(behind)] += torch.tensor(behind, dtype=torch.float)
    return hits / counts
