# Only after the best.
# stage: best
# cause: only-after-the-best
def find_knee(accuracy, trained_up_to):
    lengths = sorted(length for length in accuracy if length <= trained_up_to)
    best = max(lengths, key=accuracy.get)
    for length in lengths[lengths.index(best) :]:
        if accuracy[length] < accuracy[best] / 2:
            return length
    return None
