# Prints until it is stopped.
# verdict: others passed
# %%
while True:
    print("flood")
