# A cell that loops for ever.
# verdict: others passed
# %%
while True:
    pass
