"""A learner's own copies of the lessons: where they come from, and how they are read and written."""

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course.lessons import lessons_folder
from autograder.errors import CourseError
from autograder.languages import ENGLISH
from lessons.toolkit.text import said

if TYPE_CHECKING:
    from nbformat import NotebookNode

DEFAULT_FOLDER = Path("my_lessons")


class LearnerError(CourseError):
    """What was asked for cannot be done; the message says why and what to do."""


def released_notebooks(lessons: Path | None = None, language: str = ENGLISH) -> list[Path]:
    """The notebooks that learners of a language get, in order.

    Args:
        lessons: the folder of the English ones; the course's own if None.
        language: such as "ko".

    Raises:
        LearnerError: there are none.
    """
    lessons = lessons or lessons_folder()
    lessons = lessons if language == ENGLISH else lessons / language
    found = [path for path in sorted(lessons.glob("[0-9][0-9]_*/*.ipynb")) if path.stem == path.parent.name]
    if not found:
        raise LearnerError(f"no lesson notebooks in {lessons}; reinstall the course, or run: autograder build")
    return found


def read_notebook(path: Path, whole: bool = True) -> "NotebookNode":
    """A notebook of whatever age, valid, every cell id there once.

    Args:
        path: the file.
        whole: whether to refuse one that cannot be read without a part of it being lost, for it is to be written.

    Raises:
        LearnerError: there is none, or it cannot be read.
    """
    from autograder.notebooks.reading import UnreadableError, read_notebook
    from autograder.notebooks.repair import REBUILT

    place = {"path": str(path)}
    if not path.exists():
        told = said("there is no notebook {path}; check the path, or make your copy with: autograder start", **place)
        raise LearnerError(told)
    if path.is_dir():
        raise LearnerError(said("{path} is a folder; name the notebook itself", **place))
    try:
        notebook = read_notebook(path, whole)
    except UnreadableError as error:
        told = said(
            "{path} is not a notebook that can be read ({error}); restore it from .ipynb_checkpoints, or move it away "
            "and run: autograder start",
            error=str(error),
            **place,
        )
        raise LearnerError(told) from error
    if whole and REBUILT in notebook.metadata:
        told = said(
            "{path} is damaged; restore it from .ipynb_checkpoints, or move it away and run: autograder start", **place
        )
        raise LearnerError(told)
    return notebook
