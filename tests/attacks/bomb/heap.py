# Memory on the heap, faster than it can be counted.
# verdict: make_dictionary error|crashed|timeout, others passed
# %% make_dictionary
def make_dictionary(examples):
    kept = []
    while True:
        kept.append(b"x" * 2**26)
