"""The journal of an output folder: which content was graded with which checks where, and what came of it.

One row for each submission, checks and environment. A row is written after its gradebook entry and before anything is
reported, so a killed run goes on where it stopped, and what is in the journal need not be graded again.
"""

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import autograder
import lessons
from autograder.course import Lesson
from autograder.sandbox.limits import Limits
from lessons.toolkit.paths import datasets_folder

FILE = "journal.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS graded (
    number INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    lesson TEXT NOT NULL,
    submission TEXT NOT NULL,  -- SHA-256 of the notebook's bytes; '' where there was none to grade
    checks TEXT NOT NULL,      -- SHA-256 of checks, solution, recorded cases and grader
    environment TEXT NOT NULL, -- SHA-256 of versions, limits and the secret of fresh cases
    verdicts TEXT NOT NULL,    -- JSON: exercise -> {"status": ..., "reason": ...}
    time REAL NOT NULL         -- seconds since 1970
);
CREATE INDEX IF NOT EXISTS by_student ON graded (student, lesson, number);
"""
_LATEST = "SELECT submission, checks, environment, verdicts FROM graded WHERE student = ? AND lesson = ? "
_LATEST += "ORDER BY number DESC LIMIT 1"
_WRITE = "INSERT INTO graded (student, lesson, submission, checks, environment, verdicts, time) "
_WRITE += "VALUES (?, ?, ?, ?, ?, ?, ?)"
_PACKAGES = ("torch", "numpy", "ipython", "msgpack", "nbformat", "nbgrader", "matplotlib")

Verdicts = Mapping[str, tuple[str, str]]


@dataclass(frozen=True)
class Key:
    """What a verdict depends on: hashes of submission, checks and environment."""

    submission: str
    checks: str
    environment: str


def hash_submission(path: Path) -> str:
    """Of the notebook's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_checks(lesson: Lesson) -> str:
    """Of all course files that a verdict on this lesson depends on."""
    course, toolkit = Path(autograder.__file__).parent, Path(lessons.__file__).parent / "toolkit"
    folders = [course / name for name in ("checks", "subjects", "sandbox", "grading")]
    paths = [path for folder in folders for path in folder.glob("*.py")]
    paths += [*course.glob(f"recorded/{lesson.slug}/*"), course / "course.toml", lesson.source]
    paths += [*toolkit.glob("*.py"), *(path for path in datasets_folder().rglob("*") if path.is_file())]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.name}\0{hash_submission(path)}\0".encode())
    return digest.hexdigest()


def hash_environment(isolation: str, limits: Limits, key: bytes) -> str:
    """Of the versions, the isolation and its limits, and the secret of the fresh cases."""
    versions = [sys.version, *(f"{name} {_version(name)}" for name in _PACKAGES)]
    text = json.dumps([versions, isolation, asdict(limits), hashlib.sha256(key).hexdigest()])
    return hashlib.sha256(text.encode()).hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def read(root: Path, student: str, lesson: str) -> tuple[Key, dict[str, tuple[str, str]]] | None:
    """What the journal says of a submission, by the last row on it; None where there is none."""
    if not (root / FILE).exists():
        return None
    with _open(root) as journal:
        row = journal.execute(_LATEST, (student, lesson)).fetchone()
    if row is None:
        return None
    verdicts = {name: (found["status"], found["reason"]) for name, found in json.loads(row[3]).items()}
    return Key(*row[:3]), verdicts


def write(root: Path, student: str, lesson: str, key: Key, verdicts: Verdicts) -> None:
    """Enter the verdicts on a submission."""
    told = {name: {"status": status, "reason": reason} for name, (status, reason) in verdicts.items()}
    text = json.dumps(told, ensure_ascii=False)
    with _open(root) as journal, journal:
        journal.execute(_WRITE, (student, lesson, key.submission, key.checks, key.environment, text, time.time()))


@contextmanager
def _open(root: Path) -> Iterator[sqlite3.Connection]:
    """The journal, made if need be. Several workers write: each waits for the others."""
    with closing(sqlite3.connect(root / FILE, timeout=60)) as journal:
        journal.executescript(_SCHEMA)
        yield journal
