# Last trained left out.
# stage: trained
# cause: last-trained-left-out
def find_knee(accuracy, trained_up_to):
    trained = {length: accuracy[length] for length in sorted(accuracy) if length < trained_up_to}
    best = max(trained.values())
    for length in trained:
        if trained[length] < best / 2:
            return length
    return None
