# All lengths.
# stage: trained
# cause: untrained-counted
def find_knee(accuracy, trained_up_to):
    best = max(accuracy.values())
    return next((n for n in sorted(accuracy) if accuracy[n] < best / 2), None)
