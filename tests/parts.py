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
    "solution notebooks": ["pytest", "--nbval", "--nbval-sanitize-with", "tests/nbval_sanitize.cfg", "solutions"],
}


def main() -> int:
    """Run every part, then say how long each took and whether it passed."""
    lines, failed, began = [], False, time.monotonic()
    for name, (program, *options) in PARTS.items():
        start = time.monotonic()
        print(f"\n== {name}: {program} {' '.join(options)}", flush=True)
        threads = {"OMP_NUM_THREADS": "1"} if "-n" in options else {}  # two processes of two threads each wait in turns
        code = subprocess.run([SCRIPTS / program, *options], env=os.environ | threads).returncode
        failed = failed or code != 0
        lines.append(f"{(time.monotonic() - start) / 60:6.1f} min  {name}{'' if code == 0 else f': FAILED ({code})'}")
    print("\n".join(["", *lines, f"{(time.monotonic() - began) / 60:6.1f} min  in all"]))
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
