"""Finds submissions, SUBMISSIONS/<student>/<lesson>/<lesson>.ipynb, and reads them; it changes nothing.

Beside that notebook, or instead of it, a lesson's folder may hold attempts/<time>/<lesson>.ipynb, as many as a student
handed in; a file timestamp.txt beside a notebook, as nbgrader writes it, says when it was handed in.
"""

import json
import shutil
import stat
import unicodedata
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.grading.times import TIMESTAMP, parse_time, read_timestamp

if TYPE_CHECKING:
    from nbformat import NotebookNode

LARGEST_NOTEBOOK = 50_000_000  # bytes
MOST_CELLS = 1_000  # nobody writes more by hand, and each takes time to look at
MOST_SOURCE = 1_000_000  # characters in all code cells together
MOST_VALUES = 300_000  # in the file's JSON, each of which takes some 20 microseconds to look at
LAYOUT = "<student>/<lesson>/<lesson>.ipynb"
ATTEMPTS = "attempts"
_SYMLINK = "is a symbolic link, and those are not followed"
_NOT_STUDENTS = ("__MACOSX", "__pycache__")  # and hidden files: what unzipping and file managers leave behind


class UnreadableError(Exception):
    """A file is no notebook that can be graded; the message says why."""


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
    if attempts:
        attempts.sort(key=lambda one: (one.time or datetime.min.replace(tzinfo=UTC), one.name))
        yield Submission(student, lesson, attempts[-1].notebook, tuple(attempts))
        others = [one for one in found if isinstance(one, _Unusable) and not one.absent]
        yield from (Refusal(one.where, one.reason, student) for one in others)
    else:
        yield Refusal(found[0].where, found[0].reason, student, lesson)
        yield from (Refusal(one.where, one.reason, student) for one in found[1:])
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
                is_there = isinstance(found, Attempt)
                yield Attempt(found.notebook, name, found.time or when) if is_there else replace(found, absent=False)


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


def read_notebook(path: Path) -> "NotebookNode":
    """The notebook at `path` as valid nbformat 4, whatever its version, with every cell id made unique.

    Raises:
        UnreadableError: it cannot be read, is too large, or is no notebook.
    """
    return parse_notebook(read_content(path))


def parse_notebook(content: bytes) -> "NotebookNode":
    """As `read_notebook`, of a file's bytes."""
    text = _without_surrogates(_text(content))
    notebook = _as_notebook(text, _content(text))
    _check_size(notebook)
    return notebook


def as_file(notebook: "NotebookNode") -> bytes:
    """The bytes of a notebook's file, in the newest minor version of nbformat 4."""
    from nbformat import v4

    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return v4.writes(notebook).encode("utf-8", "backslashreplace") + b"\n"


def read_content(path: Path) -> bytes:
    """A notebook's bytes.

    Raises:
        UnreadableError: it cannot be read, or is too large.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_NOTEBOOK:
            limit = LARGEST_NOTEBOOK // 1_000_000
            raise UnreadableError(f"has {size / 1e6:.0f} MB, more than {limit} MB; clear its outputs and save it again")
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"the file cannot be read: {error.strerror}") from error


def _text(content: bytes) -> str:
    if not content.strip():
        raise UnreadableError("the file is empty")
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise UnreadableError(f"not a notebook: not UTF-8 text at byte {error.start}") from error


def _without_surrogates(text: str) -> str:
    """JSON can hold halves of characters, which no file can; they become question marks."""
    if "\\ud" not in text.lower():
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False).encode("utf-8", "replace").decode()
    except (ValueError, RecursionError):
        return text  # what is wrong with it is said later


def _content(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        ends = error.msg.startswith("Unterminated") or error.pos >= len(text.rstrip()) - 1
        problem = "it ends early, as if cut off" if ends else error.msg
        raise UnreadableError(f"not a notebook: no valid JSON in line {error.lineno} ({problem})") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"not a notebook: no usable JSON ({error})") from error
    if not isinstance(found, dict):
        raise UnreadableError(f"not a notebook: its JSON is a {type(found).__name__}, not an object")
    if not ("cells" in found or "worksheets" in found):
        raise UnreadableError("not a notebook: it has no cells")
    _check_count(found)
    return found


def _check_count(found: dict) -> None:
    """Of cells, before each of them is validated."""
    sheets = found.get("worksheets")  # nbformat 3
    parts = [found, *(sheet for sheet in (sheets if isinstance(sheets, list) else ()) if isinstance(sheet, dict))]
    count = sum(len(part["cells"]) for part in parts if isinstance(part.get("cells"), list))
    if count > MOST_CELLS:
        raise UnreadableError(f"has {count:,} cells, more than {MOST_CELLS:,}; delete those that are not needed")
    if _has_more_values(found, MOST_VALUES):
        raise UnreadableError(f"is made of more than {MOST_VALUES:,} parts; clear its outputs and save it again")


def _has_more_values(found: dict, most: int) -> bool:
    """Whether JSON holds more than so many values, at any depth."""
    count, waiting = 0, [found]
    while waiting and count <= most:
        values = waiting.pop()
        values = values.values() if isinstance(values, dict) else values
        count += len(values)
        waiting.extend(value for value in values if isinstance(value, dict | list))
    return count > most


def _check_size(notebook: "NotebookNode") -> None:
    size = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    if size > MOST_SOURCE:
        raise UnreadableError(f"has {size:,} characters of code, more than {MOST_SOURCE:,}; shorten its cells")


def _as_notebook(text: str, content: dict[str, Any]) -> "NotebookNode":
    """What nbformat makes of it; else a notebook rebuilt of its cells, where it has them."""
    import nbformat
    from nbformat.validator import normalize

    from autograder.grading.rebuilding import rebuilt

    try:
        with warnings.catch_warnings(action="ignore"):  # about what it mends: missing and repeated cell ids
            _, notebook = normalize(nbformat.convert(nbformat.reader.reads(text), 4))
        nbformat.validate(notebook)
        return notebook
    except Exception as error:  # any JSON may come here, and nbformat checks little before it converts
        reason = f"{type(error).__name__}: {_first_line(error)}"
    try:
        notebook = rebuilt(content)
        nbformat.validate(notebook)
    except Exception as error:
        raise UnreadableError(f"not a valid notebook ({reason})") from error
    return notebook


def _first_line(error: Exception) -> str:
    try:
        return (str(error).splitlines() or [""])[0][:200]
    except RecursionError:  # nbformat words an error with the part that is wrong, however deep that is
        return "nested too deeply"
