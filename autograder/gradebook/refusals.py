"""What is entered for a submission that cannot be graded."""

from pathlib import Path
from typing import TYPE_CHECKING

from autograder.files import write_whole
from autograder.gradebook.course_root import course_directory, gradebook, graded_cells, released
from autograder.gradebook.lateness import save_penalty
from autograder.gradebook.placing import remove
from autograder.gradebook.scores import results, save_scores
from autograder.notebooks import verdict_metadata
from autograder.notebooks.cells import grade_id
from autograder.notebooks.harmless import make_harmless
from autograder.notebooks.reading import as_file
from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.text import one_line
from autograder.verdict import Verdict
from lessons.toolkit.text import Words, t

if TYPE_CHECKING:
    from nbformat import NotebookNode


def record_refusal(
    student: str, lesson: str, reason: Words, root: Path, status: Status = Status.UNREADABLE
) -> list[ExerciseResult]:
    """Record a submission that cannot be graded: no points, and in place of an earlier version the reason."""
    directory = course_directory(root, lesson)
    for step in (directory.submitted_directory, directory.autograded_directory, directory.feedback_directory):
        remove(root / step / student / lesson)
    back = root / directory.autograded_directory / student / lesson / f"{lesson}.ipynb"
    write_whole(back, as_file(_refused(root, lesson, reason, status)))
    with gradebook(directory) as book:
        save_scores(book, lesson, student, {})
        save_penalty(directory, book, student)
        return results(book, directory, student, lambda slug: Verdict(slug, status, title=reason, case=""))


def _refused(root: Path, lesson: str, reason: Words, status: Status) -> "NotebookNode":
    """What goes back in place of a notebook that cannot be read: the reason, then the lesson's graded cells."""
    import nbformat

    notebook = nbformat.read(released(root, lesson), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) in graded_cells(notebook)]
    for cell in notebook.cells:
        verdict_metadata.note_verdict(cell, Verdict(grade_id(cell), status, case=""), ())
    # As code, since the reason may quote what the learner wrote.
    words = f"{t('This notebook could not be graded:')}\n\n```text\n{one_line(str(reason))}\n```"
    told = nbformat.v4.new_markdown_cell(words)
    verdict_metadata.note_repairs(told)
    given = {cell.source for cell in notebook.cells}
    notebook.cells.insert(0, told)
    make_harmless(notebook, given)
    return notebook
