# Breaks Python itself: no modules, no builtins, hooks that raise.
# verdict: make_dictionary failed|error|crashed|timeout, others passed
# %% make_dictionary
import builtins
import sys


def make_dictionary(examples):
    sys.addaudithook(lambda *data: (_ for _ in ()).throw(RuntimeError("hook")))
    sys.setprofile(lambda *data: None)
    sys.modules.clear()
    for name in [*vars(builtins)]:
        delattr(builtins, name)
    return {}
