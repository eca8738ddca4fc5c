"""Fresh cases: inputs that no submission has seen, the same for all students and for a resumed run.

Their seed is an HMAC of the exercise with a secret of the output folder, which no submission can read.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.lessons import Lesson
from autograder.errors import GradingError

if TYPE_CHECKING:
    from autograder.checks.framework.check import Check

KEY_FILE = "fresh_cases.key"


def key_of(root: Path, seed: int | None) -> bytes:
    """The secret of an output folder, made the first time; or one that only the seed decides.

    Raises:
        GradingError: the file is there and holds no secret.
    """
    if seed is not None:
        return hashlib.sha256(f"seed {seed}".encode()).digest()
    path = root / KEY_FILE
    if not path.exists():
        _make_key(path)
    key = path.read_bytes()
    if len(key) != 32:
        raise GradingError(f"{path}: holds no secret of 32 bytes; remove it, and all submissions are graded again")
    return key


def _make_key(path: Path) -> None:
    """Write it beside its place first: several workers may make it at once, and the first one counts."""
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(new, path)
    except FileExistsError:
        pass
    finally:
        new.unlink()


def seed_of(key: bytes, exercise: str) -> int:
    """The seed of an exercise's fresh case."""
    digest = hmac.digest(key, exercise.encode(), "sha256")
    return int.from_bytes(digest[:8], "big") >> 1


def fresh_values(lesson: Lesson, check: "Check", key: bytes) -> list[bytes]:
    """The inputs of a fresh case and what the reference gives for them, in the order in which the check takes them.

    Drawn once for a class: a check that takes them from here sees what it would draw itself.

    Raises:
        GradingError: the reference does not pass.
    """
    import torch

    from autograder.checks.framework.trial import RecordingCase, Trial
    from autograder.checks.reference import reference_answer
    from autograder.subjects.subject import LocalSubject

    case = RecordingCase()
    answer = reference_answer(lesson, check.slug)
    generator = torch.Generator().manual_seed(seed_of(key, check.slug))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of(key, check.slug))  # for the weights with which the reference's modules begin
        verdict = check.run(Trial(LocalSubject(answer), case, LocalSubject(answer), generator))
    if not verdict.passed:
        raise GradingError(f"the solution of {check.slug} does not pass its own check on fresh inputs; mend it first")
    return case.recorded()
