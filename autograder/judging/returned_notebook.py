"""The notebook that goes back: the learner's cells with what they printed, the course's checks with the verdicts."""

import copy
import re
from collections.abc import Mapping

import nbformat
from nbformat import NotebookNode

from autograder.checks.registry import find_check
from autograder.judging.course_notebook import CourseNotebook
from autograder.judging.matched import Matched
from autograder.judging.turned_cells import as_code
from autograder.notebooks import verdict_metadata
from autograder.notebooks.harmless import make_harmless
from autograder.notebooks.written_answers import find_written, place_written
from autograder.sandbox.session import CellResult
from autograder.subjects.subject import AnswerError
from autograder.text import harmless
from autograder.verdict import Verdict
from lessons.toolkit.text import t

MOST_PICTURES = 8_000_000  # characters of a notebook's pictures that are kept
MOST_TEXT = 20_000  # characters of text that are kept of a cell that was not run
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


def autograded(
    notebook: NotebookNode,
    found: Matched,
    verdicts: Mapping[str, Verdict],
    results: Mapping[int, CellResult],
    course: CourseNotebook,
) -> NotebookNode:
    """A submission's notebook after grading; `notebook` is changed.

    Args:
        verdicts: on each exercise.
        results: how each cell ended that was run, by its index.

    nbgrader's marks are those of the release, on one cell each. A check that the learner deleted stands again below its
    exercise. Pictures stay as they were handed in, and so does the text below a cell that was not run. Whatever renders
    the notebook, nothing in it runs.
    """
    _turn_back(notebook, found)
    written = place_written(notebook, find_written(notebook, course.released))
    marks = {cell.metadata.nbgrader.grade_id: cell for cell in course.released.cells if "nbgrader" in cell.metadata}
    room = MOST_PICTURES
    for index, cell in enumerate(notebook.cells):
        if not any(cell is answer for answer in written):
            cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = _outputs(cell, results.get(index), room), None
            room -= sum(len(data) for output in cell.outputs for data in output.get("data", {}).values())
    below: dict[int, list[NotebookNode]] = {}
    for slug, verdict in verdicts.items():
        _mark(notebook, found, slug, marks)
        at, check = _check_cell(notebook, found, slug, marks)
        check.outputs = [_stream(harmless(verdict.text()))]
        verdict_metadata.note_verdict(check, verdict, find_check(slug).hints)
        if at is not None:
            below.setdefault(at, []).append(check)
    cells = [[cell, *below.get(index, ())] for index, cell in enumerate(notebook.cells)]
    notebook.cells = [cell for group in cells for cell in group] + below.get(len(notebook.cells), [])
    notebook.metadata = NotebookNode(kernelspec=course.released.metadata.kernelspec)
    _note(notebook, found)
    make_harmless(notebook, {cell.source for cell in course.released.cells})
    return notebook


def _turn_back(notebook: NotebookNode, found: Matched) -> None:
    """Make code of what had been turned into text; drop what a submission noted itself."""
    for cell in notebook.cells:
        verdict_metadata.drop_notes(cell)
    for placed in found.cells:
        if placed.index is not None and notebook.cells[placed.index].cell_type != "code":
            notebook.cells[placed.index] = as_code(notebook.cells[placed.index], placed.written)


def _mark(notebook: NotebookNode, found: Matched, slug: str, marks: Mapping[str, NotebookNode]) -> None:
    """nbgrader's marks for the cell that holds the answer: the last that ran, else the last that is there."""
    cells = found.of(slug)
    if cells:
        chosen = ([cell for cell in cells if cell.source] or cells)[-1]
        notebook.cells[chosen.index].metadata.nbgrader = copy.deepcopy(marks[slug].metadata.nbgrader)


def _check_cell(
    notebook: NotebookNode, found: Matched, slug: str, marks: Mapping[str, NotebookNode]
) -> tuple[int | None, NotebookNode]:
    """The check's cell as the course has it; where it is to be put in, the index of the cell above."""
    released = marks[f"check-{slug}"]
    there = found.of(slug, "check")
    if there:
        cell = notebook.cells[there[0].index]
        cell.source, cell.metadata = released.source, copy.deepcopy(released.metadata)
        return None, cell
    above = found.of(slug)
    cell = nbformat.v4.new_code_cell(released.source, metadata=copy.deepcopy(released.metadata))
    return (above[-1].index if above else len(notebook.cells)), cell


def _note(notebook: NotebookNode, found: Matched) -> None:
    """What was mended and concerns no exercise, and which release it is of, in a cell at the top."""
    told = []
    if found.release is not None:
        told.append(t("**Grading** found that {release}.", release=found.release))
    if mended := found.notes.get("", []):
        told.append(t("**Grading** mended this notebook: {notes}.", notes="; ".join(map(str, mended))))
    if told:
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell("\n\n".join(map(str, told))))
        verdict_metadata.note_repairs(notebook.cells[0])


def _outputs(cell: NotebookNode, result: CellResult | None, room: int) -> list[NotebookNode]:
    """What a cell printed in grading, or showed when it was handed in; pictures of at most `room` characters."""
    handed_in = [kept for output in cell.outputs if (kept := _harmless(output, result is None)) is not None]
    pictures = [kept for kept in handed_in if kept.output_type == "display_data"]
    if sum(len(data) for kept in pictures for data in kept.data.values()) > room:
        handed_in, pictures = [kept for kept in handed_in if kept not in pictures], []
    return handed_in if result is None else [*_printed(result), *pictures]


def _harmless(output: NotebookNode, with_text: bool) -> NotebookNode | None:
    """An output as a picture or as text: nothing that runs in a browser, which formgrader's page is too."""
    data = output.get("data", {})
    for kind in ("image/png", "image/jpeg"):
        if isinstance(data.get(kind), str) and _BASE64.fullmatch(data[kind]):
            picture: NotebookNode = nbformat.v4.new_output("display_data", {kind: data[kind]})
            return picture
    if output.get("name") == "stderr":  # progress bars and warnings
        return None
    if output.output_type == "error":
        text = f"{output.ename}: {output.evalue}"
    else:
        text = output.get("text") or data.get("text/plain")
    return _stream(text[:MOST_TEXT]) if with_text and isinstance(text, str) and text else None


def _printed(result: CellResult) -> list[NotebookNode]:
    outputs = [_stream(result.output)] if result.output else []
    if result.error is not None:
        told = _text(str(result.error))
        ename, _, evalue = told.partition(": ")
        trace = [told]
        if isinstance(result.error, AnswerError) and result.error.line:
            trace.append(f"in line {result.error.number}: {_text(result.error.line)}")
        outputs.append(nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=trace))
    return outputs


def _stream(text: str) -> NotebookNode:
    ended = _text(text) + "\n" * (not text.endswith("\n"))
    return NotebookNode(output_type="stream", name="stdout", text=ended)  # without a look by the schema: there are many


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
