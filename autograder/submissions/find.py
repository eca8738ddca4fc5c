"""Finds submissions, SUBMISSIONS/<student>/<lesson>/<lesson>.ipynb; it opens none of them and changes nothing.

Beside that notebook, or instead of it, a lesson's folder may hold attempts/<time>/<lesson>.ipynb, as many as the
collector put there. When each was handed in, its receipts say, see `receipts`: whatever lies in a student's folder may
be the student's own, a timestamp.txt and attempts with it.
"""

import shutil
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

from autograder.submissions.attempt_folders import SYMLINK, Attempt, entries, printable, read_lesson_folder
from autograder.submissions.receipts import Receipts, read_receipts

LAYOUT = "<student>/<lesson>/<lesson>.ipynb"
# Hidden folders that no student is called after, or that begin so
_OF_SYSTEM = (
    ".ds_store .git .ipynb_checkpoints .cache .trash .spotlight- .fseventsd .temporaryitems .appled .idea .vscode .venv"
    " .config .local .jupyter .ipython .mypy_cache .pytest_cache .ruff_cache .nfs .snapshot .~lock"
).split()


@dataclass(frozen=True)
class Submission:
    """A student's notebook for a lesson.

    Attributes:
        notebook: the newest.
        attempts: all that were handed in, oldest first.
        notes: what a person should know about it.
    """

    student: str
    lesson: str
    notebook: Path
    attempts: tuple[Attempt, ...] = ()
    notes: tuple[str, ...] = field(default=(), compare=False)

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
        GradingError: the receipts in it cannot be read.
    """
    search = _Search(known, wanted, read_receipts(folder))
    found: list[Submission | Refusal] = list(_hidden(folder))
    for _, spellings in groupby(sorted(entries(folder), key=_spelling), key=lambda entry: _spelling(entry)[0]):
        found += search.of_student(list(spellings))
    return found


def student_folder(submissions: Path, student: str) -> Path:
    """A student's folder, in the spelling that it has there: some systems decompose letters, 김 into ᄀ, ᅵ and ᆷ."""
    path = submissions / student
    if student.isascii() or path.exists() or not submissions.is_dir():
        return path
    return next((one for one in submissions.iterdir() if _spelling(one)[0] == _spelling(path)[0]), path)


def _spelling(entry: Path) -> tuple[str, bool]:
    """A name as everyone's is written down, and whether it is spelled otherwise there."""
    name = unicodedata.normalize("NFC", entry.name)
    return name, name != entry.name


def _hidden(folder: Path) -> Iterator[Refusal]:
    """Folders that might be a student's, but for the dot that hides them."""
    for entry in sorted(folder.iterdir()):
        if entry.name.startswith(".") and not entry.name.lower().startswith(tuple(_OF_SYSTEM)) and entry.is_dir():
            told = "begins with a dot, so it is passed over; if it is a student's, rename it"
            yield Refusal(printable(entry.name), told)


class _Search:
    """Looks through students' folders.

    Args:
        known, wanted: as in `find_submissions`.
        receipts: when what was collected was handed in.
    """

    def __init__(self, known: Collection[str], wanted: Collection[str], receipts: Receipts):
        self._known, self._wanted, self._receipts = known, wanted, receipts

    def of_student(self, spellings: list[Path]) -> Iterator[Submission | Refusal]:
        """What lies in the folders, or files, of one name."""
        taken: set[str] = set()
        for entry in spellings:
            name = printable(entry.name)
            if entry.is_symlink():
                yield Refusal(name, f"{SYMLINK}; put the student's folder itself there")
            elif not entry.is_dir():
                if _looks_submitted(entry):
                    yield Refusal(name, f"belongs to no student; unpacked, the layout is {LAYOUT}")
            elif name != entry.name:
                yield Refusal(name, "the folder's name cannot be written down; rename it without control characters")
            elif entry.name in self._known:
                yield Refusal(name, f"is a lesson's folder where a student's is expected; the layout is {LAYOUT}")
            else:
                yield from self._in_student_folder(entry, taken)

    def _in_student_folder(self, folder: Path, taken: set[str]) -> Iterator[Submission | Refusal]:
        """Add to `taken` the lessons that the student has there."""
        student = _spelling(folder)[0]
        try:
            found = entries(folder)
        except OSError as error:
            yield Refusal(student, f"the folder cannot be read: {error.strerror}", student)
            return
        lessons = [entry for entry in found if entry.name in self._known and (entry.is_symlink() or entry.is_dir())]
        for entry in lessons:
            if entry.name in taken:
                told = "the student's folder is there twice, its name spelled in two ways, and the other's is graded"
                yield Refusal(f"{student}/{entry.name}", f"{told}; put both into one folder", student)
            elif entry.name in self._wanted:
                yield from self._in_lesson_folder(entry, student, entry.name)
        taken |= {entry.name for entry in lessons}
        strays = [entry for entry in found if entry not in lessons and _looks_meant(entry)]
        for entry in strays:
            yield from _stray(entry, student, self._known, set(self._wanted) - taken)
        if not lessons and not strays:
            yield Refusal(student, f"holds no lesson's folder; the layout is {LAYOUT}", student)

    def _in_lesson_folder(self, folder: Path, student: str, lesson: str) -> Iterator[Submission | Refusal]:
        where = f"{student}/{lesson}"
        if folder.is_symlink():
            yield Refusal(where, SYMLINK, student, lesson)
            return
        found = read_lesson_folder(folder, lesson, where, self._receipts)
        if found.attempts:
            yield Submission(student, lesson, found.attempts[-1].notebook, found.attempts, found.notes)
            yield from (Refusal(one.where, one.reason, student) for one in found.unusable if not one.absent)
        else:
            first, *others = found.unusable
            yield Refusal(first.where, first.reason, student, lesson)
            yield from (Refusal(one.where, one.reason, student) for one in others)


def _looks_meant(entry: Path) -> bool:
    return entry.is_symlink() or entry.is_dir() or _looks_submitted(entry)


def _stray(entry: Path, student: str, known: Collection[str], expected: Collection[str]) -> Iterator[Refusal]:
    """Something in a student's folder that is in no lesson's, where the lessons `expected` have none."""
    where = f"{student}/{printable(entry.name)}"
    if entry.is_symlink():
        yield Refusal(where, SYMLINK, student)
    elif entry.is_dir():
        yield Refusal(where, f"is no lesson; the course has {', '.join(known)}", student)
    elif entry.stem not in known:
        yield Refusal(where, f"is in no lesson's folder; the layout is {LAYOUT}", student)
    elif entry.stem in expected:
        yield Refusal(where, f"is expected in a folder: {student}/{entry.stem}/", student, entry.stem)


def _looks_submitted(path: Path) -> bool:
    archives = [ending for _, endings, _ in shutil.get_unpack_formats() for ending in endings]
    return path.name.lower().endswith((".ipynb", *archives))
