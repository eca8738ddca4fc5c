# The same in a cell, in the process that runs all others. It costs its own submission and nobody else.
# verdict: all passed|missing|error|crashed|timeout|failed
# %%
import builtins
import sys

sys.addaudithook(lambda *data: (_ for _ in ()).throw(RuntimeError("hook")))
sys.modules.clear()
for name in [*vars(builtins)]:
    delattr(builtins, name)
