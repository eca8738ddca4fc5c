"""What a student handed in for a lesson: the notebooks in its folder, and when each was, by the collector's receipts.

What lies in the folder may be the student's own, a timestamp.txt and a folder of attempts with it. It is left there and
named; it never makes a notebook older than the collector knows it to be.
"""

import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.submissions.receipts import LOG, Receipts
from autograder.submissions.timestamps import TIMESTAMP, parse_time, read_timestamp, timestamp_text

ATTEMPTS = "attempts"
SYMLINK = "is a symbolic link, and those are not followed"
_NOT_HANDED_IN = ("__MACOSX", "__pycache__")  # and hidden files: what unzipping and file managers leave behind
_MOST_NAMED = 3
_SAME = timedelta(minutes=1)
_ENTER = "if you put it there, enter it with: autograder receipts SUBMISSIONS"


@dataclass(frozen=True)
class Attempt:
    """One of the notebooks that a student handed in for a lesson.

    Attributes:
        notebook: the file.
        name: of its folder among the attempts; "" for the notebook in the lesson's own folder.
        time: when it was handed in, in UTC, by the collector's receipt; None where there is none: it is taken for the
            first, and on time.
        claimed: when, where there is no receipt, by what lies in the student's folder. It may be the student's own, so
            it counts only where it is late.
    """

    notebook: Path
    name: str = ""
    time: datetime | None = None
    claimed: datetime | None = None


@dataclass(frozen=True)
class Unusable:
    """Where no notebook can be had; `absent` where there is none, and perhaps none is meant to be."""

    where: str
    reason: str
    absent: bool = False


@dataclass(frozen=True)
class LessonFolder:
    """A student's folder for a lesson.

    Attributes:
        attempts: that count, oldest first.
        unusable: where a notebook was expected.
        notes: what a person should know.
    """

    attempts: tuple[Attempt, ...]
    unusable: tuple[Unusable, ...]
    notes: tuple[str, ...]


def read_lesson_folder(folder: Path, lesson: str, where: str, receipts: Receipts) -> LessonFolder:
    """The attempts in a folder.

    Args:
        folder: SUBMISSIONS/<student>/<lesson>.
        lesson: its slug.
        where: the path below SUBMISSIONS, as the receipts have it.
        receipts: when what was collected was handed in, by place.
    """
    plain = _attempt(folder, lesson, where, receipts)
    again = list(_attempts(folder / ATTEMPTS, lesson, f"{where}/{ATTEMPTS}", receipts))
    found = [one for one in (plain, *again) if isinstance(one, Attempt)]
    own = [one for one in found if one.name and f"{where}/{ATTEMPTS}/{one.name}" not in receipts]
    attempts = [one for one in found if one not in own]
    notes = [note for one in attempts for note in _notes(one, lesson)]
    if own:
        notes.append(_about_own([one.name for one in own], bool(attempts)))
    if own and not attempts:  # nothing that is handed in is lost: the newest, by its name, as handed in with the folder
        newest = max(own, key=lambda one: one.name)
        attempts = [replace(newest, time=receipts.get(where))]
    attempts.sort(key=lambda one: (one.time or datetime.min.replace(tzinfo=UTC), one.name))
    unusable = [one for one in (plain, *again) if isinstance(one, Unusable)]
    unread = [one for attempt in attempts for one in _unread_time(attempt, folder, where)]
    return LessonFolder(tuple(attempts), (*unusable, *unread), tuple(notes))


def _attempts(folder: Path, lesson: str, where: str, receipts: Receipts) -> Iterator[Attempt | Unusable]:
    """What was handed in again: a folder for each time."""
    if folder.is_symlink():
        yield Unusable(where, SYMLINK)
    elif folder.is_dir():
        for entry in entries(folder):
            name = printable(entry.name)
            when = parse_time(entry.name)
            if entry.is_symlink():
                yield Unusable(f"{where}/{name}", SYMLINK)
            elif not entry.is_dir() or when is None:
                told = "is no folder named by a time, such as 2026-03-09T145900Z"
                yield Unusable(f"{where}/{name}", told)
            else:
                found = _attempt(entry, lesson, f"{where}/{name}", receipts)
                if isinstance(found, Attempt):
                    yield replace(found, name=name, claimed=None if found.time else found.claimed or when)
                else:
                    yield replace(found, absent=False)


def _attempt(folder: Path, lesson: str, where: str, receipts: Receipts) -> Attempt | Unusable:
    """The lesson's notebook in a folder, or else the only notebook there."""
    expected = folder / f"{lesson}.ipynb"
    try:
        others = [entry for entry in entries(folder) if entry != expected]
        path = expected if expected.is_symlink() or expected.exists() else _only_notebook(others)
        if path is None:
            found = ", ".join(printable(entry.name) for entry in others[:_MOST_NAMED])
            told = f"found only {found}" if others else "the folder is empty"
            return Unusable(where, f"expected {expected.name}, {told}", absent=True)
        mode = path.lstat().st_mode
    except OSError as error:
        return Unusable(where, f"the folder cannot be read: {error.strerror}", isinstance(error, FileNotFoundError))
    if stat.S_ISLNK(mode):
        return Unusable(f"{where}/{expected.name}", SYMLINK)
    if not stat.S_ISREG(mode):
        return Unusable(f"{where}/{expected.name}", "is not a file")
    time = receipts.get(where)
    return Attempt(path, "", time, None if time else read_timestamp(folder))


def _only_notebook(others: Sequence[Path]) -> Path | None:
    """The notebook, whatever it is called, where there is one and no second; also as browsers save it."""
    files = [entry for entry in others if entry.is_file() and not entry.is_symlink()]
    for endings in ((".ipynb",), (".ipynb.json", ".ipynb.txt")):
        found = [entry for entry in files if entry.name.lower().endswith(endings)]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _notes(attempt: Attempt, lesson: str) -> Iterator[str]:
    """What a person should know of an attempt that counts."""
    name = printable(attempt.notebook.name)
    if name != f"{lesson}.ipynb":
        yield f"{name} is graded, the only notebook there; expected {lesson}.ipynb"
    said = read_timestamp(attempt.notebook.parent)
    if said is None:
        return
    if attempt.time is None:
        told = f"{TIMESTAMP} says {timestamp_text(said)}, but {LOG} has no time; it counts only where it is late"
        yield f"{told}; {_ENTER}"
    elif abs(said - attempt.time) > _SAME:
        yield f"{TIMESTAMP} says {timestamp_text(said)}; {timestamp_text(attempt.time)} counts, by {LOG}"


def _about_own(names: Sequence[str], others: bool) -> str:
    named = ", ".join(sorted(names)[:_MOST_NAMED])
    told = "not graded" if others else "the newest is graded, and when it was handed in is not taken from there"
    return f"{ATTEMPTS}/ holds notebooks that no receipt in {LOG} names ({named}): {told}; {_ENTER}"


def _unread_time(attempt: Attempt, folder: Path, where: str) -> Iterator[Unusable]:
    path = attempt.notebook.with_name(TIMESTAMP)
    if attempt.time is None and path.exists() and read_timestamp(path.parent) is None:
        place = f"{where}/{path.relative_to(folder)}"
        yield Unusable(place, "holds no time such as 2026-03-09 14:59:00 UTC; it is passed over")


def entries(folder: Path) -> list[Path]:
    """What lies in a folder, less what is hidden and what unzipping leaves behind.

    Raises:
        OSError: it cannot be listed.
    """
    return sorted(
        path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in _NOT_HANDED_IN
    )


def printable(name: str) -> str:
    """A file name that can stand in a table: undecodable bytes and control characters become escapes."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else repr(c)[1:-1] for c in name)
