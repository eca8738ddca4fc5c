# The best of all lengths.
# stage: trained
# cause: untrained-best
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    best = max(accuracy.values())
    return next((n for n, value in trained.items() if value < best / 2), None)
