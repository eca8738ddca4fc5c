"""Written answers: cells that a person grades. nbgrader's marks stay on them, whatever an editor did to them.

An answer that is not in its own cell is looked for by place: from the prompt, and from the cell itself, to the next
code of the course's on either side. A machine cannot tell an answer from a note, so whatever a learner wrote there is
left to a person; only where there is nothing, the answer was not attempted.
"""

import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from autograder.course.source import without_magics
from autograder.notebooks.cell_matching import Criterion, find_place, same_grade_id, same_id
from autograder.notebooks.cells import cell_words, grade_id
from autograder.notebooks.python_names import is_only_text
from autograder.notebooks.released_cells import is_of_a_release
from autograder.notebooks.verdict_metadata import note_answer, note_verdict, verdict_noted
from autograder.status import Status
from autograder.verdict import Verdict
from lessons.toolkit.text import Text, t

if TYPE_CHECKING:
    from nbformat import NotebookNode

WAITING = t("waits to be graded by hand")
_LEAD = re.compile(r"\s*(\*\*[^*\n]+\*\*)")  # the words in bold that a prompt begins with
_KINDS = {"code": t("code"), "raw": t("raw text")}


def is_written(cell: "NotebookNode") -> bool:
    """Whether a released cell is graded by hand: a free answer, or what nbgrader calls a task."""
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("task") or (marks.get("grade") and marks.get("solution")))


def waiting(name: str, notes: Sequence[Text] = ()) -> Verdict:
    """The verdict on a written answer that a person is to read."""
    return Verdict(name, Status.MANUAL, title=WAITING, case="", notes=tuple(notes))


def verdicts(notebook: "NotebookNode", released: "NotebookNode") -> dict[str, Verdict]:
    """The verdict on each written answer in a notebook to which `place_written` gave its marks."""
    marked = {grade_id(cell): cell for cell in notebook.cells}
    noted = {name: verdict_noted(marked[name].metadata, name) for name in _asked(released) if name in marked}
    return {name: found[0] for name, found in noted.items() if found is not None}


def _asked(released: "NotebookNode") -> list[str]:
    return [grade_id(cell) for cell in released.cells if is_written(cell)]


# Finding it


@dataclass(frozen=True)
class Answer:
    """Where a written answer is.

    Attributes:
        given: its cell as released.
        places: of the cells that hold it, or may do so; the marks belong to the first.
        notes: what is to be said of that.
        attempted: whether there is anything to read.
    """

    given: "NotebookNode"
    places: tuple[int, ...]
    notes: tuple[Text, ...] = ()
    attempted: bool = True

    @property
    def verdict(self) -> Verdict:
        """What is found of it: nothing is graded here."""
        name = grade_id(self.given)
        return waiting(name, self.notes) if self.attempted else Verdict(name, Status.NOT_ATTEMPTED, case="")


def find_written(notebook: "NotebookNode", released: "NotebookNode") -> list[Answer]:
    """Find each written answer of a lesson in a notebook."""
    return [_found(notebook, released, place) for place, cell in enumerate(released.cells) if is_written(cell)]


def _found(notebook: "NotebookNode", released: "NotebookNode", at: int) -> Answer:
    given, cells = released.cells[at], notebook.cells
    own = find_place(given, cells, (_as_text(same_grade_id), _as_text(same_id), same_grade_id, same_id))
    if own is not None and not _is_idle(cells[own], given):
        return Answer(given, (own,), tuple(_turned(own, cells[own])))
    course = _Course(released, at)
    near = [place for place in _near(cells, course, own) if course.lacks_words_of(cells[place])]
    if not near:
        return Answer(given, () if own is None else (own,), attempted=False)
    named = [cell_words(place, cells[place].source) for place in near]
    near.sort(key=lambda place: (course.is_prompt(cells[place]), -len(cells[place].source)))
    lost = t("its own cell is gone or has lost its marks") if own is None else t("its own cell was left as it was")
    note = t("{lost}; what you wrote near it is left to a person to read: {cells}", lost=lost, cells=named)
    return Answer(given, tuple(near), (note,))


def _as_text(is_same: Criterion) -> Criterion:
    return lambda cell, known: cell.cell_type == known.cell_type and is_same(cell, known)


def _is_idle(cell: "NotebookNode", given: "NotebookNode") -> bool:
    """Whether a cell holds nothing but what was handed out, however it is set."""
    return _bare(cell.source) in ("", _bare(given.source)) and not cell.get("attachments")


def _bare(text: str) -> str:
    """Its letters and digits alone."""
    return re.sub(r"[\W_]+", "", text).casefold()


def _turned(place: int, cell: "NotebookNode") -> Iterator[Text]:
    if cell.cell_type != "markdown":
        kind, where = _KINDS.get(cell.cell_type, cell.cell_type), cell_words(place, cell.source)
        yield t("its cell had become {kind} and was made Markdown again: {cell}", kind=kind, cell=where)


def _near(cells: "Sequence[NotebookNode]", course: "_Course", own: int | None) -> list[int]:
    """The cells from the prompt, and from the answer's own cell, to the next code of the course on either side."""
    anchors = [place for place, cell in enumerate(cells) if course.is_prompt(cell)]
    anchors += [] if own is None else [own]
    found: set[int] = set()
    for anchor in anchors or [course.expected_place(cells)]:
        for ahead in (range(anchor, -1, -1), range(anchor + 1, len(cells))):
            for place in ahead:
                if place in found or course.ends_stretch(cells[place]):
                    break
                found.add(place)
    return sorted(found)


class _Course:
    """The lesson's cells as they were handed out, seen from one written answer."""

    def __init__(self, released: "NotebookNode", at: int):
        others = [cell for cell in released.cells if cell.cell_type == "code" or is_written(cell)]
        others.remove(released.cells[at])
        self._ids = {cell.get("id") for cell in others} | ({grade_id(cell) for cell in others} - {""})
        self._code = {cell.source for cell in released.cells if cell.cell_type == "code"}
        self._lines = {_bare(line) for cell in released.cells for line in cell.source.splitlines()}
        self._above = released.cells[:at]

    def is_prompt(self, cell: "NotebookNode") -> bool:
        """Whether a cell asks for the answer: it is the cell above it, or begins with the same words in bold."""
        if not self._above or cell.cell_type == "code":
            return False
        prompt = self._above[-1]
        lead = _LEAD.match(prompt.source)
        return same_id(cell, prompt) or (lead is not None and cell.source.lstrip().startswith(lead[1]))

    def expected_place(self, cells: "Sequence[NotebookNode]") -> int:
        """Find the nearest cell of the course that stood above the answer; the last cell where there is none."""
        for above in reversed(self._above):
            for place, cell in enumerate(cells):
                if same_id(cell, above) or cell.source == above.source:
                    return place
        return len(cells) - 1

    def ends_stretch(self, cell: "NotebookNode") -> bool:
        """Whether it is code of the course, or another written answer: what lies beyond is about something else."""
        return bool({cell.get("id"), grade_id(cell)} & self._ids) or (
            cell.cell_type == "code" and cell.source in self._code
        )

    def lacks_words_of(self, cell: "NotebookNode") -> bool:
        """Whether somebody has written words into a cell that no release of the course has."""
        source = cell.source
        if cell.cell_type == "code":
            if not is_only_text(source):
                return False
            source = without_magics(source)
        if is_of_a_release(cell.cell_type, source, cell.get("id")):
            return False
        added = {_bare(line) for line in source.splitlines()} - self._lines - {""}
        return bool(added or cell.get("attachments"))


# Marking it


def place_written(notebook: "NotebookNode", answers: Sequence[Answer]) -> "list[NotebookNode]":
    """Give written answers the release's marks and a note of their verdict; one that is gone is put in, empty.

    Returns:
        The cells with the marks, one an answer.
    """
    return [_placed(notebook, answer) for answer in answers]


def _placed(notebook: "NotebookNode", answer: Answer) -> "NotebookNode":
    for cell in notebook.cells:
        if same_grade_id(cell, answer.given):
            cell.metadata.pop("nbgrader", None)
    if not answer.places:
        notebook.cells.append(copy.deepcopy(answer.given))
        notebook.cells[-1].source = ""
    places = answer.places or (len(notebook.cells) - 1,)
    marked, *others = [_turn_to_text(notebook, place) for place in places]
    marked.metadata.nbgrader = copy.deepcopy(answer.given.metadata.nbgrader)
    note_verdict(marked, answer.verdict, ())
    for cell in others:
        note_answer(cell, grade_id(answer.given))
    return marked


def _turn_to_text(notebook: "NotebookNode", place: int) -> "NotebookNode":
    """The cell as Markdown, where a person can read it."""
    from nbformat.v4 import new_markdown_cell

    cell = notebook.cells[place]
    if cell.cell_type != "markdown":
        text = new_markdown_cell(cell.source, id=cell.id, metadata=cell.metadata)
        if "attachments" in cell:
            text.attachments = cell.attachments
        notebook.cells[place] = text
    return notebook.cells[place]
