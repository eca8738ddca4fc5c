"""The output folder as a course root of nbgrader's, and its gradebook: what every judge needs of nbgrader.

nbgrader is loaded inside functions: only worker processes need it, and it takes seconds.
"""

import logging
import os
import sys
import sysconfig
import warnings
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.errors import GradingError
from autograder.gradebook import database
from autograder.gradebook.converting import convert
from autograder.gradebook.nbgrader_patch import mark_gradebooks_at_once
from autograder.lazy_imports import import_nbgrader_lightly

if TYPE_CHECKING:
    from nbformat import NotebookNode
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

CONFIG_FILE = "nbgrader_config.py"
CONFIG = """\
# Made by "autograder grade": nbgrader's commands and formgrader work in this folder.

from pathlib import Path

from autograder.nbgrader_settings import configure, set_gradebook, set_root

c = get_config()
configure(c)
set_root(c, Path(__file__).parent)
set_gradebook(c, Path(__file__).parent)
# A folder named lessons here would hide the course's package of that name from Python.
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
"""
_ROOT = """
# Added by a later version of "autograder grade": the root is this folder, whatever other configurations say.

from pathlib import Path

from autograder.nbgrader_settings import set_root

set_root(get_config(), Path(__file__).parent)
"""


def start_worker(log: Path) -> None:
    """Get this process ready, once: its output, its kernels' and nbgrader's log go to the file `log`."""
    import_nbgrader_lightly()
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
    _write_config(root / CONFIG_FILE)
    for lesson, notebook in lessons.items():
        _release(root, lesson, notebook)
        _set_due_date(root, lesson)


def _write_config(path: Path) -> None:
    """Write nbgrader's configuration; one that is there is kept, with what an earlier version did not say."""
    found = path.read_text(encoding="utf-8") if path.exists() else None
    if found is None:
        path.write_text(CONFIG, encoding="utf-8")
    elif "set_root" not in found:
        path.write_text(found + _ROOT, encoding="utf-8")


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
    for name, marks in graded_cells(notebook).items():
        marks["points"] = float(settings.points(lesson, name.removeprefix("check-")))


def graded_cells(notebook: "NotebookNode") -> dict[str, dict]:
    """nbgrader's metadata of the cells that have points, by nbgrader id, in order: checks and written answers."""
    marks = (cell.metadata.get("nbgrader", {}) for cell in notebook.cells)
    return {found["grade_id"]: found for found in marks if found.get("grade") or found.get("task")}


@cache
def released_checks(path: Path, changed: int) -> tuple[str, ...]:
    """The nbgrader ids of a release's graded cells, in order; read again only when the file has changed."""
    from nbformat import read

    return tuple(graded_cells(read(path, as_version=4)))


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

    mark_gradebooks_at_once()
    try:
        return api.Gradebook(directory.db_url, directory.course_id)
    except OperationalError as error:
        raise database.unreachable(directory.db_url, error) from error
