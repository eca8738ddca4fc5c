# The greatest drop.
# stage: first
# cause: steepest
def find_knee(accuracy, trained_up_to):
    trained = {n: accuracy[n] for n in sorted(accuracy) if n <= trained_up_to}
    lengths = list(trained)
    return max(lengths[1:], key=lambda n: trained[lengths[lengths.index(n) - 1]] - trained[n])
