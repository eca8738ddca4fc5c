# The last length before the fall.
# stage: first
# cause: last-above
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    best, last = max(trained.values()), None
    for n, value in trained.items():
        if value < best / 2:
            return last
        last = n
    return None
