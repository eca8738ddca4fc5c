# Cells that end the process; what is above and below them counts.
# verdict: others passed
# %%
import sys

sys.exit(0)
# %%
import os

os._exit(0)
# %%
raise SystemExit
# %%
raise KeyboardInterrupt
# %%
import ctypes

ctypes.string_at(0)
