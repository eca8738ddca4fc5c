# A loop.
def find_knee(accuracy, trained_up_to):
    lengths = sorted(n for n in accuracy if n <= trained_up_to)
    best = 0.0
    for n in lengths:
        best = max(best, accuracy[n])
    for n in lengths:
        if 2 * accuracy[n] < best:
            return n
