"""Resolves the lock for the oldest and the newest Python that it serves: `python tests/helpers/resolve_lock.py`.

Nothing is installed, and neither Python need be here. Exit code 1 where some versions cannot be had together.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
SERVED = ("3.11.2", "3.14")  # Debian 12's own, and the last for which there are builds of PyTorch 2.13
UNREACHABLE = 2  # uv's exit code where it gets no answer; 1 says that there is no solution


def main() -> int:
    """Say for each Python whether the lock serves it, and if not, why."""
    return max([_report(python) for python in SERVED])


def _report(python: str) -> int:
    done = subprocess.run(_command(python), capture_output=True, text=True, cwd=ROOT)
    if done.returncode == UNREACHABLE:
        print(f"Python {python}: skipped, no package index could be reached ({done.stderr.strip().splitlines()[-1]})")
        return 0
    if done.returncode:
        print(f"Python {python}: the versions of {LOCK.name} cannot be had together; change the pin named here:")
        print(done.stderr)
        return 1
    print(f"Python {python}: {len(done.stdout.splitlines())} packages, in the versions of {LOCK.name}")
    return 0


def _command(python: str) -> list[str]:
    uv = str(Path(sysconfig.get_path("scripts")) / "uv")
    options = ["--quiet", "--no-header", "--no-annotate", "--python-version", python, "--constraint", LOCK.name]
    return [uv, "pip", "compile", *options, "--extra", "test", "pyproject.toml"]


if __name__ == "__main__":
    sys.exit(main())
