"""Runs all tests in parts and prints the minutes of each: `python tests/parts.py` (`make test`).

A part that fails does not keep the others from running; the exit code is 1 if any failed.
"""

import os
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

SCRIPTS = Path(sysconfig.get_path("scripts"))
# What is made once for a file is made in one process; `tests/conftest.py` has long files begin first.
BY_FILE = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder"]
PARTS = {
    "generated files are up to date": ["autograder", "build", "--check"],
    "quick tests": ["pytest", "tests", "-m", "not slow and not sandbox and not browser", "-n", "2"],
    "tests that start kernels or sandboxes": ["pytest", "tests", "-m", "slow or sandbox", *BY_FILE, "--durations=15"],
    # in English: that the code of other languages is the same is proved when they are built (make test-languages)
    "solution notebooks": ["pytest", "--nbval", "solutions", "--ignore-glob=solutions/??", *BY_FILE],
    "a learner's way through JupyterLab": ["pytest", "tests", "-m", "browser"],
}
# The last two at the same time: the browser's tests wait for a page, most of the time.
TURNS = [*([name] for name in list(PARTS)[:-2]), list(PARTS)[-2:]]
SET_BY_MAKE = {"OMP_NUM_THREADS", "TQDM_DISABLE", "GOMP_SPINCOUNT", "PYTHONDONTWRITEBYTECODE"}


class Outcome(NamedTuple):
    """What came of a part."""

    name: str
    code: int
    minutes: float

    def line(self) -> str:
        """For the table at the end."""
        return f"{self.minutes:6.1f} min  {self.name}{'' if self.code == 0 else f': FAILED ({self.code})'}"


def without_make() -> dict[str, str]:
    """The environment as it is for whoever types a command: what the Makefile exports is taken out."""
    return {name: value for name, value in os.environ.items() if name not in SET_BY_MAKE}


def run(name: str, shown: str) -> Outcome:
    """Run a part; unless it is the one that is shown, what it prints comes at its end."""
    program, *options = PARTS[name]
    title, start = f"\n== {name}: {program} {' '.join(options)}\n", time.monotonic()
    # two notebooks at a time have a thread each
    environment = without_make() | {"OMP_NUM_THREADS": "1"} if "--nbval" in options else None
    command, where = [SCRIPTS / program, *options], None if name == shown else subprocess.PIPE
    if name == shown:
        print(title, flush=True)
    done = subprocess.run(command, env=environment, stdout=where, stderr=where and subprocess.STDOUT)
    if name != shown:
        print(title, done.stdout.decode(errors="replace"), sep="\n", flush=True)
    return Outcome(name, done.returncode, (time.monotonic() - start) / 60)


def side_by_side(names: Sequence[str]) -> list[Outcome]:
    """Run parts at the same time."""
    with ThreadPoolExecutor(len(names)) as pool:
        return list(pool.map(partial(run, shown=names[0]), names))


def main() -> int:
    """Run every part, then say how long each took and whether it passed."""
    began = time.monotonic()
    outcomes = [outcome for names in TURNS for outcome in side_by_side(names)]
    lines = [outcome.line() for outcome in outcomes]
    print("\n".join(["", *lines, f"{(time.monotonic() - began) / 60:6.1f} min  in all"]))
    return int(any(outcome.code for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
