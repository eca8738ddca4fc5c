# The accuracy at the knee.
# stage: first
# cause: accuracy-returned
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    best = max(trained.values())
    return next((value for value in trained.values() if value < best / 2), None)
