# No default.
# stage: trained
# cause: raised
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    return next(n for n, value in trained.items() if value < max(trained.values()) / 2)
