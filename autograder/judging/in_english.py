"""A notebook in another language, as it would be in English: the course's own cells have the texts of the release.

So one lesson is judged in one way, whatever language its learners have. What a learner wrote stays as it is. In what
goes back, the same cells have the texts of the learner's language again.
"""

import re

import nbformat
from nbformat import NotebookNode

from autograder.course.lessons import Lesson
from autograder.languages import ENGLISH, language_of

_OWN_IMPORT = re.compile(r"^from autograder\.(\w+) import ", re.MULTILINE)


def language_in(notebook: NotebookNode) -> str:
    """The language of a notebook: by its metadata, or where those are lost by the import in its setup cell."""
    found = language_of(notebook.metadata)
    imports = (_OWN_IMPORT.search(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    named = next((each[1] for each in imports if each), ENGLISH)
    return found if found != ENGLISH else language_of({"autograder": {"language": named}})


def release_in(lesson: Lesson, language: str) -> NotebookNode | None:
    """A lesson's release in another language; None for English, and where there is none."""
    path = lesson.release_in(language)
    return None if language == ENGLISH or not path.is_file() else nbformat.read(path, as_version=4)


def retell(notebook: NotebookNode, before: NotebookNode, after: NotebookNode) -> None:
    """Give cells that are as one release has them the texts of the other one; in place.

    Args:
        notebook: whose cells stand in any order.
        before, after: the same lesson in two languages, with the same ids.
    """
    texts = {cell.id: cell.source for cell in after.cells}
    told = {(cell.cell_type, cell.source): texts.get(cell.id, cell.source) for cell in before.cells}
    for cell in notebook.cells:
        cell.source = told.get((cell.cell_type, cell.source), cell.source)
