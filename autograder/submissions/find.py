"""Finds submissions, SUBMISSIONS/<student>/<lesson>/<lesson>.ipynb; it opens none of them and changes nothing.

Beside that notebook, or instead of it, a lesson's folder may hold attempts/<time>/<lesson>.ipynb, as many as a student
handed in; a file timestamp.txt beside a notebook, as nbgrader writes it, says when it was handed in.
"""

import shutil
import stat
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from autograder.submissions.timestamps import TIMESTAMP, parse_time, read_timestamp

LAYOUT = "<student>/<lesson>/<lesson>.ipynb"
ATTEMPTS = "attempts"
_SYMLINK = "is a symbolic link, and those are not followed"
_NOT_STUDENTS = ("__MACOSX", "__pycache__")  # and hidden files: what unzipping and file managers leave behind


@dataclass(frozen=True)
class Attempt:
    """One of the notebooks that a student handed in for a lesson.

    Attributes:
        notebook: the file.
        name: of its folder among the attempts; "" for the notebook in the lesson's own folder.
        time: when it was handed in, in UTC; None where nothing says so: it is taken for the first, and on time.
    """

    notebook: Path
    name: str = ""
    time: datetime | None = None


@dataclass(frozen=True)
class Submission:
    """A student's notebook for a lesson.

    Attributes:
        notebook: the newest.
        attempts: all that were handed in, oldest first.
    """

    student: str
    lesson: str
    notebook: Path
    attempts: tuple[Attempt, ...] = ()

    def __post_init__(self):
        if not self.attempts:
            object.__setattr__(self, "attempts", (Attempt(self.notebook),))

    def __str__(self) -> str:
        """The submission's path below SUBMISSIONS."""
        return f"{self.student}/{self.lesson}"


@dataclass(frozen=True)
class Refusal:
    """Something in the folder that cannot be graded.

    Attributes:
        where: the path below SUBMISSIONS.
        reason: what is wrong and what to do.
        student, lesson: whose it is, as far as the path tells; "" where it does not.
    """

    where: str
    reason: str
    student: str = ""
    lesson: str = ""

    @property
    def attributed(self) -> bool:
        """Whether it can be recorded for a student and a lesson."""
        return bool(self.student and self.lesson)


def find_submissions(folder: Path, known: Collection[str], wanted: Collection[str]) -> list[Submission | Refusal]:
    """Everything in `folder` that is a submission, or was meant to be one and cannot be graded.

    Args:
        folder: SUBMISSIONS.
        known: the slugs of the course's lessons.
        wanted: the slugs of those to grade; submissions of others are passed over.

    Raises:
        OSError: `folder` itself cannot be listed.
    """
    return [found for entry in _entries(folder) for found in _of_student(entry, known, wanted)]


def _of_student(entry: Path, known: Collection[str], wanted: Collection[str]) -> Iterator[Submission | Refusal]:
    name = _printable(entry.name)
    if entry.is_symlink():
        yield Refusal(name, f"{_SYMLINK}; put the student's folder itself there")
    elif not entry.is_dir():
        if _looks_submitted(entry):
            yield Refusal(name, f"belongs to no student; unpacked, the layout is {LAYOUT}")
    elif name != entry.name:
        yield Refusal(name, "the folder's name cannot be written down; rename it without control characters")
    elif entry.name in known:
        yield Refusal(name, f"is a lesson's folder where a student's is expected; the layout is {LAYOUT}")
    else:
        yield from _in_student_folder(entry, known, wanted)


def _in_student_folder(folder: Path, known: Collection[str], wanted: Collection[str]) -> Iterator[Submission | Refusal]:
    student = folder.name
    try:
        entries = _entries(folder)
    except OSError as error:
        yield Refusal(student, f"the folder cannot be read: {error.strerror}", student)
        return
    lessons = [entry for entry in entries if entry.name in known and (entry.is_symlink() or entry.is_dir())]
    for entry in lessons:
        if entry.name in wanted:
            yield from _in_lesson_folder(entry, student, entry.name)
    expected = set(wanted) - {entry.name for entry in lessons}
    strays = [entry for entry in entries if entry not in lessons and _looks_meant(entry)]
    for entry in strays:
        yield from _stray(entry, student, known, expected)
    if not lessons and not strays:
        yield Refusal(student, f"holds no lesson's folder; the layout is {LAYOUT}", student)


def _looks_meant(entry: Path) -> bool:
    return entry.is_symlink() or entry.is_dir() or _looks_submitted(entry)


def _stray(entry: Path, student: str, known: Collection[str], expected: Collection[str]) -> Iterator[Refusal]:
    """Something in a student's folder that is in no lesson's, where the lessons `expected` have none."""
    where = f"{student}/{_printable(entry.name)}"
    if entry.is_symlink():
        yield Refusal(where, _SYMLINK, student)
    elif entry.is_dir():
        yield Refusal(where, f"is no lesson; the course has {', '.join(known)}", student)
    elif entry.stem not in known:
        yield Refusal(where, f"is in no lesson's folder; the layout is {LAYOUT}", student)
    elif entry.stem in expected:
        yield Refusal(where, f"is expected in a folder: {student}/{entry.stem}/", student, entry.stem)


def _in_lesson_folder(folder: Path, student: str, lesson: str) -> Iterator[Submission | Refusal]:
    where = f"{student}/{lesson}"
    if folder.is_symlink():
        yield Refusal(where, _SYMLINK, student, lesson)
        return
    found = [_attempt(folder, lesson, where), *_attempts(folder / ATTEMPTS, lesson, f"{where}/{ATTEMPTS}")]
    attempts = [one for one in found if isinstance(one, Attempt)]
    unusable = [one for one in found if isinstance(one, _Unusable)]
    if attempts:
        attempts.sort(key=lambda one: (one.time or datetime.min.replace(tzinfo=UTC), one.name))
        yield Submission(student, lesson, attempts[-1].notebook, tuple(attempts))
        yield from (Refusal(one.where, one.reason, student) for one in unusable if not one.absent)
    else:
        yield Refusal(unusable[0].where, unusable[0].reason, student, lesson)
        yield from (Refusal(one.where, one.reason, student) for one in unusable[1:])
    yield from _unread_times(folder, attempts, where, student)


@dataclass(frozen=True)
class _Unusable:
    """Where no notebook can be had; `absent` where there is none, and perhaps none is meant to be."""

    where: str
    reason: str
    absent: bool = False


def _attempts(folder: Path, lesson: str, where: str) -> Iterator[Attempt | _Unusable]:
    """What was handed in again: a folder for each time."""
    if folder.is_symlink():
        yield _Unusable(where, _SYMLINK)
    elif folder.is_dir():
        for entry in _entries(folder):
            name = _printable(entry.name)
            when = parse_time(entry.name)
            if entry.is_symlink():
                yield _Unusable(f"{where}/{name}", _SYMLINK)
            elif not entry.is_dir() or when is None:
                told = "is no folder named by a time, such as 2026-03-09T145900Z"
                yield _Unusable(f"{where}/{name}", told)
            else:
                found = _attempt(entry, lesson, f"{where}/{name}")
                if isinstance(found, Attempt):
                    yield Attempt(found.notebook, name, found.time or when)
                else:
                    yield replace(found, absent=False)


def _attempt(folder: Path, lesson: str, where: str) -> Attempt | _Unusable:
    """The lesson's notebook in a folder."""
    expected = folder / f"{lesson}.ipynb"
    try:
        others = [_printable(entry.name) for entry in _entries(folder) if entry != expected]
        mode = expected.lstat().st_mode
    except FileNotFoundError:
        found = f"found only {', '.join(others[:3])}" if others else "the folder is empty"
        return _Unusable(where, f"expected {expected.name}, {found}", absent=True)
    except OSError as error:
        return _Unusable(where, f"the folder cannot be read: {error.strerror}")
    if stat.S_ISLNK(mode):
        return _Unusable(f"{where}/{expected.name}", _SYMLINK)
    if not stat.S_ISREG(mode):
        return _Unusable(f"{where}/{expected.name}", "is not a file")
    return Attempt(expected, "", read_timestamp(folder))


def _unread_times(folder: Path, attempts: list[Attempt], where: str, student: str) -> Iterator[Refusal]:
    for attempt in attempts:
        path = attempt.notebook.with_name(TIMESTAMP)
        if path.exists() and read_timestamp(path.parent) is None:
            place = f"{where}/{path.relative_to(folder)}"
            yield Refusal(place, "holds no time such as 2026-03-09 14:59:00 UTC; it is passed over", student)


def _entries(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in _NOT_STUDENTS)
    return sorted(found)


def _looks_submitted(path: Path) -> bool:
    archives = [ending for _, endings, _ in shutil.get_unpack_formats() for ending in endings]
    return path.name.lower().endswith((".ipynb", *archives))


def _printable(name: str) -> str:
    """A file name that can stand in a table: undecodable bytes and control characters become escapes."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else repr(c)[1:-1] for c in name)
