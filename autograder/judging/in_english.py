"""A notebook in another language, as it would be in English: the course's own cells have the texts of the release.

So one lesson is judged in one way, whatever language its learners have. What a learner wrote stays as it is. In what
goes back, the same cells have the texts of the learner's language again.
"""

from functools import cache

import nbformat
from nbformat import NotebookNode

from autograder.course import settings
from autograder.course.lessons import Lesson
from autograder.languages import ENGLISH, PUBLISHED
from autograder.notebooks.spoken import language_told


def language_in(notebook: NotebookNode, lesson: Lesson) -> str:
    """The language of a notebook of a lesson: as it says, else that of the release with which it shares most texts.

    Where it shares as many with several, none for example, the class's language comes first.
    """
    if (told := language_told(notebook)) is not None:
        return told
    texts = {cell.source for cell in notebook.cells if cell.cell_type == "markdown"}
    languages = (str(settings.in_force()["course"]["language"]), ENGLISH, *PUBLISHED)
    return max(languages, key=lambda language: len(texts & _texts_in(lesson, language)))


@cache
def _texts_in(lesson: Lesson, language: str) -> frozenset[str]:
    """The text cells of a lesson's release; none where there is no release."""
    path = lesson.release_in(language)
    cells = nbformat.read(path, as_version=4).cells if path.is_file() else []
    return frozenset(cell.source for cell in cells if cell.cell_type == "markdown")


def release_in(lesson: Lesson, language: str) -> NotebookNode | None:
    """A lesson's release in another language; None for English, and where there is none."""
    path = lesson.release_in(language)
    return None if language == ENGLISH or not path.is_file() else nbformat.read(path, as_version=4)


def retell(notebook: NotebookNode, before: NotebookNode, after: NotebookNode) -> None:
    """Give cells that are as one release has them the texts of the other one; in place.

    A cell is told by its id; where that is lost, by its text alone.

    Args:
        notebook: whose cells stand in any order.
        before, after: the same lesson in two languages, with the same ids.
    """
    texts = {cell.id: cell.source for cell in after.cells}
    by_text = {_as_given(cell): cell.id for cell in before.cells}
    given = {(cell.id, *_as_given(cell)) for cell in before.cells}
    for cell in notebook.cells:
        own = cell.get("id")
        origin = own if (own, *_as_given(cell)) in given else by_text.get(_as_given(cell))
        cell.source = texts.get(origin, cell.source)


def _as_given(cell: NotebookNode) -> tuple[str, str]:
    return cell.cell_type, cell.source
