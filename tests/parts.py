"""Runs all tests in parts and prints the minutes of each: `python tests/parts.py` (`make test`).

A part that fails does not keep the others from running; the exit code is 1 if any failed.
"""

import os
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

SCRIPTS = Path(sysconfig.get_path("scripts"))
PARTS = {
    "generated files are up to date": ["autograder", "build", "--check"],
    "quick tests": ["pytest", "tests", "-m", "not slow and not sandbox and not browser", "-n", "2"],
    "tests that start kernels": ["pytest", "tests", "-m", "slow and not sandbox"],
    "tests in the sandbox": ["pytest", "tests", "-m", "sandbox"],
    "a learner's way through JupyterLab": ["pytest", "tests", "-m", "browser"],
    "solution notebooks": ["pytest", "--nbval", "solutions"],
}
SET_BY_MAKE = {"OMP_NUM_THREADS", "TQDM_DISABLE", "GOMP_SPINCOUNT", "PYTHONDONTWRITEBYTECODE"}


def without_make() -> dict[str, str]:
    """The environment as it is for whoever types a command: what the Makefile exports is taken out."""
    return {name: value for name, value in os.environ.items() if name not in SET_BY_MAKE}


def main() -> int:
    """Run every part, then say how long each took and whether it passed."""
    lines, failed, began = [], False, time.monotonic()
    for name, (program, *options) in PARTS.items():
        start = time.monotonic()
        print(f"\n== {name}: {program} {' '.join(options)}", flush=True)
        environment = without_make() if "--nbval" in options else None
        code = subprocess.run([SCRIPTS / program, *options], env=environment).returncode
        failed = failed or code != 0
        lines.append(f"{(time.monotonic() - start) / 60:6.1f} min  {name}{'' if code == 0 else f': FAILED ({code})'}")
    print("\n".join(["", *lines, f"{(time.monotonic() - began) / 60:6.1f} min  in all"]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
