"""The output folder of a run: which folder it can be, and the grades, changes and record that a run leaves in it."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from autograder.course import settings
from autograder.errors import GradingError
from autograder.files import remove_unfinished, write_whole
from autograder.grading.console import RECORD, ClassRun
from autograder.grading.judge import LOG
from autograder.permissions import PRIVATE, written_privately
from autograder.results import journal
from autograder.results.grades import merged, read_grades, write_grades
from autograder.results.score_changes import FILE as CHANGES
from autograder.results.score_changes import write_changes

DEFAULT_OUT = "graded"
GRADES = "grades.csv"
BEFORE = ".grades_before.csv"  # the grades as the last run that came to its end has left them, while another is on
AGAIN = "run the same command again to go on"


def open_output_folder(submissions: Path, out: Path | None) -> Path:
    """The output folder, made if need be: an empty one, or one of an earlier run.

    Raises:
        GradingError: it cannot be used; the message says why.
    """
    source = submissions.resolve()
    root = (out or source.parent / DEFAULT_OUT).resolve()
    if root == source or source in root.parents or root in source.parents:
        raise GradingError(
            f"{root}: the output and the submissions {source} cannot lie in one another; give --out elsewhere"
        )
    try:
        root.mkdir(PRIVATE, parents=True, exist_ok=True)
        if any(root.iterdir()) and not (root / LOG).exists():
            raise GradingError(f"{root}: not empty, and no folder of an earlier run; give --out a new folder")
        with written_privately(root):
            (root / LOG).open("ab").close()
    except OSError as error:
        raise GradingError(
            f"{root}: cannot be used as output folder ({error.strerror}); give another with --out"
        ) from error
    return root


def other_settings(root: Path) -> Iterator[str]:
    """That the last run had another course.toml: points and dates of the wrong one would move scores."""
    try:
        before = json.loads((root / RECORD).read_text(encoding="utf-8")).get("settings")
    except (OSError, ValueError, AttributeError):
        return
    if before and before != (now := str(settings.settings_file().resolve())):
        remedy = f"If that is not meant, name the right one in {settings.SETTINGS_VARIABLE} and grade again."
        yield f"Settings: {now}; the last run had {before}. {remedy}"


def keep_grades_before(root: Path) -> None:
    """Keep the grades that scores are compared with, however often the run is stopped before it comes to its end."""
    if not (root / BEFORE).exists():
        with _told_in_words(root):
            write_grades(root / BEFORE, read_grades(root / GRADES))


def write_run(run: ClassRun, record: Mapping[str, object]) -> None:
    """Write what a run has come to: the scores that are others than before, the grades and the run's record.

    Raises:
        GradingError: the folder cannot be written.
    """
    root, text = run.root, json.dumps(record, indent=2, ensure_ascii=False)
    with _told_in_words(root):
        write_changes(root / CHANGES, run.changes)
        write_grades(root / GRADES, merged(read_grades(root / GRADES), run.results))
        write_whole(root / RECORD, f"{text}\n".encode("utf-8", "backslashreplace"))


def close_run(root: Path) -> None:
    """Say that a run has come to its end: the next one goes on with none.

    Raises:
        GradingError: the folder cannot be written.
    """
    with _told_in_words(root):
        remove_unfinished(root)
        journal.finish(root)
        (root / BEFORE).unlink()


@contextmanager
def _told_in_words(root: Path) -> Iterator[None]:
    """Where the disk is full, say, tell it in words."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise GradingError(f"{root}: cannot be written ({told}); mend that, then {AGAIN}") from error
