# Writes wherever something could be found by the next one.
# verdict: others passed
# %%
import os
import site
import sys

places = ["/tmp", "/dev/shm", "/var/tmp", "/run", "/", "/course", "/course/lessons/toolkit", "/course/datasets"]
for place in [*places, os.getcwd(), sys.prefix, sys.base_prefix, *site.getsitepackages(), os.path.dirname(os.__file__)]:
    for name in ("attack-left-this", "sitecustomize.py", "torch.py", "msgpack.py"):
        try:
            with open(os.path.join(place, name), "w") as file:
                file.write("raise SystemExit('attack-left-this')")
        except OSError:
            pass
