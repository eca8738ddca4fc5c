"""The output folder as a course root of nbgrader's, and its gradebook: what every engine needs of nbgrader.

nbgrader is loaded inside functions: only worker processes need it, and it takes seconds.
"""

import logging
import math
import os
import shutil
import sys
import sysconfig
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.gradebook import database
from autograder.notebooks import verdict_metadata
from autograder.notebooks.cells import grade_id
from autograder.notebooks.reading import as_file, read_notebook
from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.submissions.attempts import in_utc
from autograder.submissions.find import Attempt, Submission
from autograder.submissions.timestamps import SECRET, TIMESTAMP, read_short, timestamp_text
from autograder.text import one_line

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Grade, Gradebook
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import AssignLatePenalties
    from traitlets.config import Config

CONFIG_FILE = "nbgrader_config.py"
SUBMITTED = "submitted"
CONFIG = """\
# Made by "autograder grade": nbgrader's commands and formgrader work in this folder.

from pathlib import Path

from autograder.nbgrader_settings import configure, set_gradebook

c = get_config()
configure(c)
set_gradebook(c, Path(__file__).parent)
# A folder named lessons here would hide the course's package of that name from Python.
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
"""


def start_worker(log: Path) -> None:
    """Get this process ready, once: its output, its kernels' and nbgrader's log go to the file `log`."""
    with log.open("ab") as file:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    # A new gradebook is made with the `alembic` command, which lies beside this Python.
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", os.defpath)])
    os.environ["JUPYTER_PREFER_ENV_PATH"] = "1"  # this Python's kernel, not one of the same name elsewhere
    warnings.filterwarnings("ignore", module="nbgrader")  # about its own use of SQLAlchemy
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", level=logging.WARNING)


def make_course_root(root: Path, lessons: Mapping[str, Path]) -> None:
    """Make `root` a course root whose gradebook knows the lessons, given by their solution notebooks.

    Raises:
        GradingError: nbgrader could not; the message says why.
    """
    if not (root / CONFIG_FILE).exists():
        (root / CONFIG_FILE).write_text(CONFIG, encoding="utf-8")
    for lesson, notebook in lessons.items():
        _release(root, lesson, notebook)
        _set_due_date(root, lesson)


def record_refusal(
    student: str, lesson: str, reason: str, root: Path, status: Status = Status.UNREADABLE
) -> list[ExerciseResult]:
    """Record a submission that cannot be graded: no points, and in place of an earlier version the reason."""
    directory = course_directory(root, lesson)
    for step in (directory.submitted_directory, directory.autograded_directory, directory.feedback_directory):
        remove(root / step / student / lesson)
    back = root / directory.autograded_directory / student / lesson / f"{lesson}.ipynb"
    write_whole(back, as_file(_refused(root, lesson, one_line(reason), status)))
    with gradebook(directory) as book:
        save_scores(book, lesson, student, {})
        save_penalty(directory, book, student)
        return results(book, directory, student, lambda slug: (status, one_line(reason)))


def _refused(root: Path, lesson: str, reason: str, status: Status) -> "NotebookNode":
    """What goes back in place of a notebook that cannot be read: the reason, then the lesson's graded cells."""
    import nbformat

    notebook = nbformat.read(released(root, lesson), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) in _checks(notebook)]
    for cell in notebook.cells:
        verdict_metadata.note_verdict(cell, status, "", ())
    # As code, since the reason may quote what the learner wrote.
    told = nbformat.v4.new_markdown_cell(f"This notebook could not be graded:\n\n```text\n{reason}\n```")
    verdict_metadata.note_repairs(told)
    notebook.cells.insert(0, told)
    return notebook


def place(submission: Submission, attempt: Attempt, root: Path, content: bytes | None = None) -> None:
    """Put an attempt's notebook into the output folder, with its receipt, and nothing else that lies beside it.

    Args:
        content: what `as_file` makes of the notebook, where that is known; else it is read again.

    Raises:
        UnreadableError: it is no notebook that can be graded.
    """
    content = content or as_file(read_notebook(attempt.notebook))
    folder = root / SUBMITTED / submission.student / submission.lesson
    remove(folder)
    write_whole(folder / f"{submission.lesson}.ipynb", content)
    write_receipt(attempt, folder)


def write_receipt(attempt: Attempt, folder: Path) -> None:
    """Its time, and the secret by which nbgrader's exchange gives feedback back; `folder` keeps no earlier ones."""
    time, secret = attempt.time, read_short(attempt.notebook.with_name(SECRET))
    texts = {TIMESTAMP: time and timestamp_text(time), SECRET: secret}
    for name, text in texts.items():
        (folder / name).unlink(missing_ok=True)
        if text:
            write_whole(folder / name, text.encode())


def save_scores(
    book: "Gradebook",
    lesson: str,
    student: str,
    statuses: Mapping[str, str],
    time: datetime | None = None,
    same: bool = False,
) -> None:
    """Give exercises with status "passed" their points; those with status "manual" wait for a person, others get none.

    Scores and comments given by hand stay; a person is asked to look again unless it is the `same` notebook that was
    entered before. `time` is when the submission was handed in, where that is known.
    """
    with _one_commit(book):
        book.update_or_create_student(student)
        book.update_or_create_submission(lesson, student, timestamp=time)
        notebook = book.find_submission_notebook(lesson, lesson, student)
        for grade in _grades(book, lesson, student):
            status = statuses.get(grade.name.removeprefix("check-"))
            grade.auto_score = _auto_score(grade, status)
            if not same or grade.manual_score is None:
                grade.needs_manual_grade = status == Status.MANUAL or grade.manual_score is not None
        for comment in notebook.comments:
            comment.auto_comment = "No response." if statuses.get(comment.name) == Status.NOT_ATTEMPTED else None


def _auto_score(grade: "Grade", status: str | None) -> float | None:
    return None if status == Status.MANUAL else grade.max_score if status == Status.PASSED else 0.0


def scores_hold(book: "Gradebook", lesson: str, student: str, statuses: Mapping[str, str]) -> bool:
    """Whether the gradebook has the scores that `save_scores` enters."""
    return all(
        grade.auto_score == _auto_score(grade, statuses.get(grade.name.removeprefix("check-")))
        for grade in _grades(book, lesson, student)
    )


def _grades(book: "Gradebook", lesson: str, student: str) -> list["Grade"]:
    """The grades of a submission in one query: each would fetch its cell and its maximum by itself.

    Raises:
        MissingEntry: there is no such submission.
    """
    from nbgrader.api import Grade
    from sqlalchemy.orm import joinedload, undefer

    notebook = book.find_submission_notebook(lesson, lesson, student)
    wanted = book.db.query(Grade).filter(Grade.notebook_id == notebook.id)
    return wanted.options(joinedload(Grade.cell), undefer(Grade.max_score)).all()


def due_date(book: "Gradebook", lesson: str, student: str) -> datetime | None:
    """When a student's lesson is due, by the gradebook: the extension that the student was given is part of it."""
    from nbgrader.api import MissingEntry

    try:
        return in_utc(book.find_submission(lesson, student).duedate)
    except MissingEntry:
        pass
    try:
        return in_utc(book.find_assignment(lesson).duedate)
    except MissingEntry:
        return None


def handed_in(book: "Gradebook", directory: "CourseDirectory", submission: Submission) -> datetime | None:
    """When a submission was handed in, by the gradebook; None where it does not say."""
    from nbgrader.api import MissingEntry

    try:
        return in_utc(book.find_submission(directory.assignment_id, submission.student).timestamp)
    except MissingEntry:
        return None


def late_penalty(directory: "CourseDirectory", student: str, score: float, seconds: float) -> float:
    """The points that a score loses by being late, as nbgrader's plugin says that the folder's settings name."""
    if seconds <= 0:
        return 0.0
    step = _penalties(directory)
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(student, score, seconds)
    return min(max(penalty or 0.0, 0.0), score)


def save_penalty(directory: "CourseDirectory", book: "Gradebook", student: str) -> None:
    """Let nbgrader enter the penalty for a late submission, or take back one that no longer holds."""
    from nbformat.v4 import new_notebook

    lesson = directory.assignment_id
    entered = book.find_submission(lesson, student)
    if entered.total_seconds_late > 0 or entered.late_submission_penalty:
        names = {"notebook": lesson, "assignment": lesson, "student": student, "db_url": directory.db_url}
        _penalties(directory).preprocess(new_notebook(), {"nbgrader": names})
        book.db.expire_all()


def penalty_holds(directory: "CourseDirectory", book: "Gradebook", student: str) -> bool:
    """Whether the penalty in the gradebook is the one that the score, due date and extension of today give."""
    entered = book.find_submission(directory.assignment_id, student)
    wanted = late_penalty(directory, student, entered.score, entered.total_seconds_late)
    return math.isclose(entered.late_submission_penalty, wanted, abs_tol=1e-9)


def _penalties(directory: "CourseDirectory") -> "AssignLatePenalties":
    from nbgrader.preprocessors import AssignLatePenalties

    return AssignLatePenalties(config=directory.config)


@contextmanager
def _one_commit(book: "Gradebook") -> Iterator[None]:
    """Commit once, at the end of the block: each commit waits for the disk, and nbgrader commits at every step."""
    commit, book.db.commit = book.db.commit, book.db.flush
    try:
        yield
        commit()
    finally:
        book.db.commit = commit


@contextmanager
def _commit_at_close() -> Iterator[None]:
    """As `_one_commit`, for the gradebooks that nbgrader's converters open and close themselves."""
    from nbgrader.api import Gradebook
    from sqlalchemy.orm import Session

    commit, close = Session.commit, Gradebook.close

    def commit_and_close(book: "Gradebook") -> None:
        commit(book.db())
        close(book)

    Session.commit, Gradebook.close = Session.flush, commit_and_close
    try:
        yield
    finally:
        Session.commit, Gradebook.close = commit, close


def _release(root: Path, lesson: str, solution: Path) -> None:
    """Let nbgrader make the lesson's release and enter it in the gradebook."""
    import nbformat

    directory = course_directory(root, lesson)
    notebook = nbformat.read(solution, as_version=4)
    _set_points(notebook, lesson)
    copy = root / directory.source_directory / lesson / f"{lesson}.ipynb"
    text = nbformat.writes(notebook) + "\n"
    if copy.exists() and copy.read_text(encoding="utf-8") == text and released(root, lesson).exists():
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_text(text, encoding="utf-8")
    try:
        convert("GenerateAssignment", directory, ".")
    except GradingError as error:
        remedy = "if the lesson's exercises have changed since this folder was made, grade into a new one"
        raise GradingError(f"{root}: nbgrader cannot enter {lesson} in the gradebook ({error}); {remedy}") from error


def _set_due_date(root: Path, lesson: str) -> None:
    """Enter the date that course.toml names; where it names none, one that was set in formgrader stays."""
    if (when := settings.due(lesson)) is not None:
        with gradebook(course_directory(root, lesson)) as book:
            book.update_or_create_assignment(lesson, duedate=when)


def released(root: Path, lesson: str) -> Path:
    """The lesson as nbgrader releases it from this folder."""
    return root / "release" / lesson / f"{lesson}.ipynb"


def _set_points(notebook: "NotebookNode", lesson: str) -> None:
    """Give every check and written answer the points that course.toml says now: notebooks may be older than it."""
    for name, marks in _checks(notebook).items():
        marks["points"] = float(settings.points(lesson, name.removeprefix("check-")))


def _checks(notebook: "NotebookNode") -> dict[str, dict]:
    """nbgrader's metadata of the cells that have points, by nbgrader id, in order: checks and written answers."""
    marks = (cell.metadata.get("nbgrader", {}) for cell in notebook.cells)
    return {found["grade_id"]: found for found in marks if found.get("grade") or found.get("task")}


@cache
def _released_checks(path: Path, changed: int) -> tuple[str, ...]:
    """The nbgrader ids of a release's graded cells, in order; read again only when the file has changed."""
    from nbformat import read

    return tuple(_checks(read(path, as_version=4)))


def results(
    book: "Gradebook",
    directory: "CourseDirectory",
    student: str,
    judged: Callable[[str], tuple[str, str]],
) -> list[ExerciseResult]:
    """The rows of a submission: scores as the gradebook has them, status and reason as `judged` says."""
    lesson = directory.assignment_id
    grades = {grade.name: grade for grade in _grades(book, lesson, student)}
    rows = []
    path = released(Path(directory.root), lesson)
    for name in _released_checks(path, path.stat().st_mtime_ns):
        exercise, grade = name.removeprefix("check-"), grades[name]
        status, reason = judged(exercise)
        if grade.manual_score is not None:
            told = f"; the check says: {status}" + (f", {reason}" if reason else "")
            status, reason = Status.MANUAL, "scored by hand" + (told if exercise != name else "")
        elif status == Status.MANUAL and not grade.needs_manual_grade:
            status, reason = Status.NOT_ATTEMPTED, "not attempted"
        rows.append(ExerciseResult(student, lesson, exercise, grade.score, grade.max_score, status, reason))
    return rows


def course_directory(root: Path, lesson: str) -> "CourseDirectory":
    """nbgrader's view of the folder, for one lesson."""
    from nbgrader.coursedir import CourseDirectory

    return CourseDirectory(config=_config(root, lesson))


def _config(root: Path, lesson: str) -> "Config":
    """What the folder's nbgrader_config.py says, for one lesson."""
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader(CONFIG_FILE, path=str(root)).load_config()
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.assignment_id = lesson
    config.CourseDirectory.db_url = database.address(root)
    return config


def gradebook(directory: "CourseDirectory") -> "Gradebook":
    """The folder's gradebook; use it in a `with` statement.

    Raises:
        GradingError: it cannot be reached.
    """
    from nbgrader import api
    from sqlalchemy.exc import OperationalError

    _mark_gradebooks_at_once()
    try:
        return api.Gradebook(directory.db_url, directory.course_id)
    except OperationalError as error:
        raise database.unreachable(directory.db_url, error) from error


def _mark_gradebooks_at_once() -> None:
    """A new gradebook is marked with its version; nbgrader would start a program for that, which takes seconds."""
    from nbgrader import api

    api.get_alembic_version = _newest_version


def _newest_version() -> str:
    """The version of nbgrader's tables."""
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(nbgrader.__file__).parent / "alembic"))
    return ScriptDirectory.from_config(config).get_current_head()


def convert(kind: str, directory: "CourseDirectory", student: str) -> None:
    """Run a converter of nbgrader's for one student (`.` for the course's own notebooks).

    Raises:
        GradingError: with the last line of what nbgrader logged.
    """
    from nbgrader import converters
    from nbgrader.converters.base import NbGraderException

    class OneSubmission(getattr(converters, kind)):
        def init_notebooks(self) -> None:
            # nbgrader looks for files by a pattern, and names may hold the characters of patterns.
            folder = self._format_source(directory.assignment_id, student)
            self.assignments = {folder: [os.path.join(folder, f"{directory.assignment_id}.ipynb")]}

    _mark_gradebooks_at_once()
    messages = _Messages()
    log = logging.getLogger("traitlets")
    log.addHandler(messages)
    try:
        with _commit_at_close():
            OneSubmission(coursedir=directory, config=directory.config, force=True).start()
    except NbGraderException as error:
        raise GradingError(messages.last_exception() or str(error)) from error
    finally:
        log.removeHandler(messages)


class _Messages(logging.Handler):
    """Keeps the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage().strip())

    def last_exception(self) -> str:
        """The exception in the first traceback that was logged, else the first error, else ""."""
        tracebacks = [text for text in self.texts if text.startswith("Traceback")]
        first = next(iter(tracebacks or self.texts), "")
        return one_line(first.splitlines()[-1]) if first else ""


def remove(folder: Path) -> None:
    """Remove a folder, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)
