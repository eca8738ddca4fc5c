# The answer's own cell loops for ever before it defines anything.
# verdict: make_dictionary timeout, others passed
# %% make_dictionary
while True:
    pass
