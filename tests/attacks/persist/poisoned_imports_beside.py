# Modules in its own folder that later imports would find: torch.py, lessons/, autograder/, msgpack.py.
# verdict: others passed
# %%
import os
import sys

for name in ("torch", "msgpack", "numpy", "lessons", "autograder", "struct", "socket"):
    os.makedirs(name, exist_ok=True)
    open(os.path.join(name, "__init__.py"), "w").write("raise SystemExit('poisoned')")
    open(name + ".py", "w").write("raise SystemExit('poisoned')")
sys.path.insert(0, os.getcwd())
