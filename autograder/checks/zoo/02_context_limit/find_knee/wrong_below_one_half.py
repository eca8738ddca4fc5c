# Half of everything instead of half of the best.
# stage: first
# cause: below-one-half
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    return next((n for n, value in trained.items() if value < 0.5), None)
