# Loops for ever.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
def make_dictionary(examples):
    while True:
        pass
