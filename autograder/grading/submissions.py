"""Finds submissions, SUBMISSIONS/<student>/<lesson>/<lesson>.ipynb, and reads them; it changes nothing."""

import json
import shutil
import stat
import unicodedata
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

LARGEST_NOTEBOOK = 50_000_000  # bytes
MOST_CELLS = 1_000  # nobody writes more by hand, and each takes time to look at
MOST_SOURCE = 1_000_000  # characters in all code cells together
LAYOUT = "<student>/<lesson>/<lesson>.ipynb"
_SYMLINK = "is a symbolic link, and those are not followed"
_NOT_STUDENTS = ("__MACOSX", "__pycache__")  # and hidden files: what unzipping and file managers leave behind


class UnreadableError(Exception):
    """A file is no notebook that can be graded; the message says why."""


@dataclass(frozen=True)
class Submission:
    """A student's notebook for a lesson."""

    student: str
    lesson: str
    notebook: Path

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
    yield from (_in_lesson_folder(entry, student, entry.name) for entry in lessons if entry.name in wanted)
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


def _in_lesson_folder(folder: Path, student: str, lesson: str) -> Submission | Refusal:
    where, expected = f"{student}/{lesson}", folder / f"{lesson}.ipynb"
    if folder.is_symlink():
        return Refusal(where, _SYMLINK, student, lesson)
    try:
        others = [_printable(entry.name) for entry in _entries(folder) if entry != expected]
        mode = expected.lstat().st_mode
    except FileNotFoundError:
        found = f"found only {', '.join(others[:3])}" if others else "the folder is empty"
        return Refusal(where, f"expected {expected.name}, {found}", student, lesson)
    except OSError as error:
        return Refusal(where, f"the folder cannot be read: {error.strerror}", student, lesson)
    if stat.S_ISLNK(mode):
        return Refusal(f"{where}/{expected.name}", _SYMLINK, student, lesson)
    if not stat.S_ISREG(mode):
        return Refusal(f"{where}/{expected.name}", "is not a file", student, lesson)
    return Submission(student, lesson, expected)


def _entries(folder: Path) -> list[Path]:
    found = (path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in _NOT_STUDENTS)
    return sorted(found)


def _looks_submitted(path: Path) -> bool:
    archives = [ending for _, endings, _ in shutil.get_unpack_formats() for ending in endings]
    return path.name.lower().endswith((".ipynb", *archives))


def _printable(name: str) -> str:
    """A file name that can stand in a table: undecodable bytes and control characters become escapes."""
    return "".join(c if unicodedata.category(c) not in ("Cc", "Cs") else repr(c)[1:-1] for c in name)


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at `path` as valid nbformat 4, whatever its version, with every cell id made unique.

    Raises:
        UnreadableError: it cannot be read, is too large, or is no notebook.
    """
    text = _without_surrogates(_text(_bytes(path)))
    notebook = _as_notebook(text, _content(text))
    _check_size(notebook)
    return notebook


def _bytes(path: Path) -> bytes:
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


def _check_size(notebook: NotebookNode) -> None:
    size = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    if size > MOST_SOURCE:
        raise UnreadableError(f"has {size:,} characters of code, more than {MOST_SOURCE:,}; shorten its cells")


def _as_notebook(text: str, content: dict[str, Any]) -> NotebookNode:
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
        reason = f"{type(error).__name__}: {(str(error).splitlines() or [''])[0][:200]}"
    try:
        notebook = rebuilt(content)
        nbformat.validate(notebook)
    except Exception as error:
        raise UnreadableError(f"not a valid notebook ({reason})") from error
    return notebook
