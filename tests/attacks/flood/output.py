# Prints without end, to both streams and below them.
# verdict: others passed
# %%
import os
import sys

for _ in range(300):
    print("x" * 10**5)
    print("y" * 10**5, file=sys.stderr)
    os.write(1, bytes(10**5))
