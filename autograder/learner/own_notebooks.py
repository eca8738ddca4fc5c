"""A learner's own copies of the lessons: where they come from, and how they are read and written."""

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.lessons import lessons_folder
from autograder.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

DEFAULT_FOLDER = Path("my_lessons")


class LearnerError(CourseError):
    """What was asked for cannot be done; the message says why and what to do."""


def released_notebooks(lessons: Path | None = None) -> list[Path]:
    """The notebooks that learners get, in order.

    Raises:
        LearnerError: there are none.
    """
    lessons = lessons or lessons_folder()
    found = [path for path in sorted(lessons.glob("[0-9][0-9]_*/*.ipynb")) if path.stem == path.parent.name]
    if not found:
        raise LearnerError(f"no lesson notebooks in {lessons}; reinstall the course, or run: autograder build")
    return found


def read_notebook(path: Path) -> "NotebookNode":
    """A notebook of whatever age, valid, every cell id there once.

    Raises:
        LearnerError: there is none, or it cannot be read without a part of it being lost.
    """
    from autograder.notebooks.reading import UnreadableError, read_notebook
    from autograder.notebooks.repair import REBUILT

    advice = "restore it from .ipynb_checkpoints, or move it away and run: autograder start"
    if not path.exists():
        raise LearnerError(f"there is no notebook {path}; check the path, or make your copy with: autograder start")
    if path.is_dir():
        raise LearnerError(f"{path} is a folder; name the notebook itself")
    try:
        notebook = read_notebook(path)
    except UnreadableError as error:
        raise LearnerError(f"{path} is not a notebook that can be read ({error}); {advice}") from error
    if REBUILT in notebook.metadata:
        raise LearnerError(f"{path} is damaged; {advice}")
    return notebook
