# The longest one below half.
# stage: first
# cause: last-below
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    below = [n for n, value in trained.items() if value < max(trained.values()) / 2]
    return below[-1] if below else None
