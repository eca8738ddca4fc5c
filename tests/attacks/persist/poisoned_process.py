# Leaves its marks in torch, builtins and the environment of the process, for later submissions.
# verdict: others passed
# %%
import builtins
import os
import sys

torch.left = builtins.left = 1
os.environ["LEFT"] = "1"
sys.modules["left"] = sys
sys.meta_path.insert(0, type("Finder", (), {"find_spec": staticmethod(lambda *data: None)}))
sys.path_hooks.insert(0, lambda path: None)
