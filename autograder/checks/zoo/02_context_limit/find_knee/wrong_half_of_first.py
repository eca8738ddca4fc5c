# Half of the shortest length.
# stage: best
# cause: half-of-first
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    return next((n for n, value in trained.items() if value < trained[min(trained)] / 2), None)
