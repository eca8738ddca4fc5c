# Memory on the heap while cells run.
# verdict: others passed
# %%
def bomb():
    kept = []
    while True:
        kept.append(b"x" * 2**26)


bomb()
