"""Resolves the lock for the oldest and the newest Python that it serves: `python tests/helpers/resolve_lock.py`.

And what a learner needs for Colab's Pythons, with what Colab has in the version that it has: nothing of it is
replaced, and next to nothing is added.

Nothing is installed, and neither Python need be here. Exit code 1 where some versions cannot be had together.
"""

import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements.lock"
COLAB, COLABS_PYTHONS = ROOT / "tests/helpers/colab.txt", ("3.12", "3.13")
# What Colab has none of, in no version: the course's own two, what BLEU needs, and what IPython 7 completes names with.
# Triton and NVIDIA's packages are in its runtimes with a GPU only, where PyTorch brought them.
NEW_IN_COLAB = {"koreanize-matplotlib", "sacrebleu", "portalocker", "colorama", "jedi", "triton"}
SERVED = ("3.11.2", "3.14")  # Debian 12's own, and the last for which there are builds of PyTorch 2.13
UNREACHABLE = 2  # uv's exit code where it gets no answer; 1 says that there is no solution


def main() -> int:
    """Say for each Python whether the lock serves it, and whether Colab keeps what it has; if not, why."""
    locked = [_report(python, LOCK, "test") for python in SERVED]
    return max([*locked, *(_report(python, COLAB) for python in COLABS_PYTHONS)])


def _report(python: str, constraints: Path, extra: str = "") -> int:
    command = [*command_for(python, constraints), *(["--extra", extra] if extra else []), "pyproject.toml"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode == UNREACHABLE:
        print(f"Python {python}: skipped, no package index could be reached ({done.stderr.strip().splitlines()[-1]})")
        return 0
    if done.returncode:
        remedy = "change the pin named here" if extra else "the course would replace what Colab has; widen the range"
        print(f"Python {python}: the versions of {constraints.name} cannot be had together; {remedy}:")
        print(done.stderr)
        return 1
    print(f"Python {python}: {len(done.stdout.splitlines())} packages, in the versions of {constraints.name}")
    if not extra and (added := added_to_colab(done.stdout.splitlines())):
        print(f"Colab would get more than it lacks today: {', '.join(added)}; do learners need that?")
        return 1
    return 0


def added_to_colab(resolved: list[str]) -> list[str]:
    """What would be fetched in Colab, but for what is known to be: one line for each package, in its version."""
    has = {line.partition("==")[0] for line in COLAB.read_text(encoding="utf-8").splitlines()}
    names = {line.partition("==")[0] for line in resolved}
    return sorted(name for name in names - has - NEW_IN_COLAB if not name.startswith("nvidia-"))


def command_for(python: str, constraints: Path) -> list[str]:
    """How to resolve pyproject.toml, each package of the constraints in their version."""
    uv = str(Path(sysconfig.get_path("scripts")) / "uv")
    options = ["--quiet", "--no-header", "--no-annotate", "--python-version", python, "--constraint", str(constraints)]
    return [uv, "pip", "compile", *options]


if __name__ == "__main__":
    sys.exit(main())
