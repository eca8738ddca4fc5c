"""`autograder forget`: takes one student out of the submissions, and out of all that grading and reports have written.

What is the whole class's is written anew without the student, or removed where a command makes it again.
"""

import json
import re
import shutil
import sqlite3
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import closing
from difflib import get_close_matches
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from autograder.csv_tables import without_rows
from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.gradebook import course_root, database
from autograder.grading.console import RECORD
from autograder.grading.judge import LOG
from autograder.grading.output_folder import BEFORE, GRADES
from autograder.permissions import written_privately
from autograder.results import journal, score_changes
from autograder.results.folder_lock import FolderLock
from autograder.submissions.attempt_folders import ATTEMPTS
from autograder.submissions.receipts import LOG as COLLECTED

FOLDERS = ("submitted", "autograded", "feedback", ATTEMPTS)
TABLES = (GRADES, score_changes.FILE, BEFORE)
# of the whole class: what makes it
AGAIN = {"marks": "marks", "report.html": "report", "feedback_zips": "feedback", "jplag": "jplag"}
NOT_TOUCHED = "The LMS, downloads and class lists, nbgrader's exchange, and copies elsewhere are not touched."


class Removal(NamedTuple):
    """Something that is to go: in words, and what removes it."""

    what: str
    remove: Callable[[], object]


def forget_command(student: str, root: Path, submissions: Path | None, only_tell: bool) -> int:
    """`autograder forget`.

    Raises:
        GradingError: `root` is no output folder, or there is nothing of such a student.
    """
    if not (root / course_root.CONFIG_FILE).is_file():
        told = f"no folder of `autograder grade`; give the one that holds {course_root.CONFIG_FILE}"
        raise GradingError(f"{root}: {told}")
    root, submissions = root.resolve(), submissions or _graded_submissions(root)
    with FolderLock(root), written_privately(root):
        names = _spellings(student, root, submissions)
        print(f"{'Would be removed' if only_tell else 'Removed'} of {student}:")
        for removal in (one for name in names for one in _of_student(name, root, submissions)):
            _carry_out(removal, only_tell)
        for removal in _of_class(root):
            _carry_out(removal, only_tell)
    print(NOT_TOUCHED)
    return 0


def _carry_out(removal: Removal, only_tell: bool) -> None:
    if not only_tell:
        removal.remove()
    print(f"  {removal.what}")


def _graded_submissions(root: Path) -> Path | None:
    """The folder of submissions that was graded last, by the record of the run."""
    try:
        return Path(json.loads((root / RECORD).read_text(encoding="utf-8"))["submissions"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _spellings(student: str, root: Path, submissions: Path | None) -> list[str]:
    """A student's name as it is written somewhere: systems differ in how they spell é or 한.

    Raises:
        GradingError: there is nothing of such a student.
    """
    known = {*journal.students(root), *_in_gradebook(root)}
    for folder in (submissions, *(root / name for name in FOLDERS)):
        known |= {path.name for path in folder.iterdir() if path.is_dir()} if folder and folder.is_dir() else set()
    names = {name for name in known if unicodedata.normalize("NFC", name) == unicodedata.normalize("NFC", student)}
    if names:
        return sorted(names)
    close = get_close_matches(student, known, 1)
    where = " and ".join(str(path) for path in (root, submissions) if path)
    hint = f"did you mean {close[0]}?" if close else "the name is that of the folder among the submissions"
    raise GradingError(f"nothing of a student {student} in {where}; {hint}")


def _of_student(name: str, root: Path, submissions: Path | None) -> Iterator[Removal]:
    """What was handed in, and what grading has written of it."""
    folders = [*([submissions] if submissions else []), *(root / folder for folder in FOLDERS)]
    tables = [*([submissions / COLLECTED] if submissions else []), *(root / table for table in TABLES)]
    yield from chain.from_iterable(_folder(folder / name) for folder in folders)
    yield from chain.from_iterable(_rows(table, name) for table in tables)
    if name in _in_gradebook(root):
        where = database.address(root).split("?")[0].removeprefix("sqlite:///")
        yield Removal(f"{where}: all points and comments", partial(_leave_gradebook, root, name))
    if name in journal.students(root):
        yield Removal(f"{root / journal.FILE}: every attempt", partial(journal.forget, root, name))
    yield from _record(root / RECORD, name)
    yield from _log(root / LOG, name)


def _of_class(root: Path) -> Iterator[Removal]:
    """What reports have made of the whole class."""
    for name, command in AGAIN.items():
        if (path := root / name).exists():
            again = f"autograder {command} {root}"
            yield Removal(f"{path}, of the whole class; made again by: {again}", partial(_remove, path))


def _folder(path: Path) -> Iterator[Removal]:
    if path.is_symlink():
        yield Removal(f"{path}, a link; what it leads to stays", path.unlink)
    elif path.is_dir():
        count = sum(1 for found in path.rglob("*") if not found.is_dir())
        yield Removal(f"{path}, {count} {'file' if count == 1 else 'files'}", partial(_remove, path))


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()


def _rows(table: Path, name: str) -> Iterator[Removal]:
    if not table.is_file():
        return
    count, rest = without_rows(table, "student", name)
    if count:
        yield Removal(f"{table}: {count} {'row' if count == 1 else 'rows'}", partial(write_whole, table, rest))


def _record(path: Path, name: str) -> Iterator[Removal]:
    """What the record of the last run says of single submissions."""
    if not path.is_file():
        return
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    lists = {key: value for key, value in record.items() if isinstance(value, list)}
    kept = {key: [one for one in found if not _is_about(one, name)] for key, found in lists.items()}
    if count := sum(map(len, lists.values())) - sum(map(len, kept.values())):
        text = json.dumps({**record, **kept}, indent=2, ensure_ascii=False)
        yield Removal(
            f"{path}: {count} of what it tells of submissions", partial(write_whole, path, f"{text}\n".encode())
        )


def _is_about(told: Any, name: str) -> bool:
    return isinstance(told, dict) and (told.get("student") == name or str(told.get("where", "")).split("/")[0] == name)


def _log(path: Path, name: str) -> Iterator[Removal]:
    """The lines of the log that name the student's submissions."""
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    named = re.compile(rf"(?<![^\s/'\"(]){re.escape(name)}(?![^\s/'\"),;:])")
    kept = [line for line in lines if not named.search(line)]
    if count := len(lines) - len(kept):
        yield Removal(
            f"{path}: {count} {'line' if count == 1 else 'lines'}", partial(write_whole, path, "".join(kept).encode())
        )


def _in_gradebook(root: Path) -> set[str]:
    with course_root.gradebook(course_root.course_directory(root, "")) as book:
        return {student.id for student in book.students}


def _leave_gradebook(root: Path, name: str) -> None:
    """Take the student out, with all that was given by hand; nothing stays in the file."""
    with course_root.gradebook(course_root.course_directory(root, "")) as book:
        book.remove_student(name)
    if (root / database.SQLITE).is_file():
        with closing(sqlite3.connect(root / database.SQLITE, timeout=60)) as connection:
            connection.execute("VACUUM")
