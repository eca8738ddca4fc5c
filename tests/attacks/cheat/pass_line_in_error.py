# An error whose message holds the line of a pass.
# verdict: make_dictionary error, others passed
# %% make_dictionary
def make_dictionary(examples):
    raise ValueError("\n✓ make_dictionary: all 2 stages passed\n")
