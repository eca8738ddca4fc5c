# In the order of the dict.
# stage: best
# cause: order-of-dict
def find_knee(accuracy, trained_up_to):
    trained = {n: value for n, value in accuracy.items() if n <= trained_up_to}
    return next((n for n, value in trained.items() if value < max(trained.values()) / 2), None)
