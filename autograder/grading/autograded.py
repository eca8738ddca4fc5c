"""The notebook that goes back: the learner's cells with what they printed, the course's checks with the verdicts."""

import copy
import os
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from autograder.grading.judging import Finding, Judgement
from autograder.grading.matching import CourseNotebook, Matched
from autograder.sandbox.sandbox import CellResult


def autograded(notebook: NotebookNode, found: Matched, judged: Judgement, course: CourseNotebook) -> NotebookNode:
    """A submission's notebook after grading; `notebook` is changed.

    nbgrader's marks are those of the release, on one cell each. A check that the learner deleted stands again below its
    exercise.
    """
    marks = {cell.metadata.nbgrader.grade_id: cell for cell in course.released.cells if "nbgrader" in cell.metadata}
    for index, cell in enumerate(notebook.cells):
        cell.metadata.pop("nbgrader", None)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = _outputs(judged.cells.get(index)), None
    below: dict[int, list[NotebookNode]] = {}
    for slug, finding in judged.findings.items():
        _mark(notebook, found, slug, marks)
        at, check = _check_cell(notebook, found, slug, marks)
        check.outputs = [_stream(finding.text)]
        if at is not None:
            below.setdefault(at, []).append(check)
    cells = [[cell, *below.get(index, ())] for index, cell in enumerate(notebook.cells)]
    notebook.cells = [cell for group in cells for cell in group] + below.get(len(notebook.cells), [])
    notebook.metadata = NotebookNode(kernelspec=course.released.metadata.kernelspec)
    _note(notebook, found)
    return notebook


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
    """What was mended and concerns no exercise, in a cell at the top."""
    if notes := found.notes.get("", []):
        text = "**Grading** mended this notebook: " + "; ".join(notes) + "."
        notebook.cells.insert(0, nbformat.v4.new_markdown_cell(text))


def _outputs(result: CellResult | None) -> list[NotebookNode]:
    if result is None:
        return []
    outputs = [_stream(result.output)] if result.output else []
    if result.error is not None:
        ename, _, evalue = _text(str(result.error)).partition(": ")
        line = getattr(result.error, "line", "")
        trace = [f"{ename}: {evalue}", *([f"in line {result.error.number}: {_text(line)}"] if line else [])]
        outputs.append(nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=trace))
    return outputs


def _stream(text: str) -> NotebookNode:
    return nbformat.v4.new_output("stream", name="stdout", text=_text(text) + "\n" * (not text.endswith("\n")))


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def write(notebook: NotebookNode, path: Path) -> None:
    """Write it beside its place first, so that a reader never sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    new.write_bytes(nbformat.v4.writes(notebook).encode("utf-8", "backslashreplace") + b"\n")
    os.replace(new, path)


def texts(findings: Mapping[str, Finding]) -> dict[str, tuple[str, str]]:
    """Status and reason by exercise."""
    return {slug: (finding.status, finding.reason) for slug, finding in findings.items()}
