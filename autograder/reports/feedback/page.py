"""The page of a student and lesson: a summary, each exercise with its verdict, then the rest of the notebook."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup

from autograder import templates
from autograder.gradebook.executed_checks import hints_of, verdict_of
from autograder.notebooks.verdict_metadata import answer_noted, tells_repairs
from autograder.reports.feedback import bounds, sanitize
from autograder.reports.feedback.grades import Grade, Grades
from autograder.reports.feedback.markup import marked
from autograder.reports.feedback.verdicts import NOT_SHOWN, WAITING, WORDS, Line, lines
from autograder.status import Status
from lessons.toolkit.text import Text, language, named, said, t

if TYPE_CHECKING:
    from nbformat import NotebookNode

_NOTHING = t("Your notebook is too much for this page. Points and comments are complete.")
LONGEST_TITLE = 200
_HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """A cell as it is shown.

    Attributes:
        html: its text or code.
        outputs: what stands below it.
        is_code: whether it is code.
        folded: whether the code is the course's own, which the learner knows.
        heading: the course's heading above it, where it is the first under it.
    """

    html: Markup
    outputs: tuple[Markup, ...] = ()
    is_code: bool = False
    folded: bool = False
    heading: str = ""


@dataclass(frozen=True)
class Entry:
    """An exercise, or a written answer, with all that belongs to it.

    Attributes:
        status: a key of `WORDS`, whose symbol and words stand beside the name.
        lines: what is said of it.
        hints: from a question to the name of a function.
    """

    name: str
    grade: Grade
    status: str
    lines: Sequence[Line]
    hints: Sequence[str]
    comment: str
    cells: Sequence[Cell]

    @property
    def symbol(self) -> str:
        """Of the status."""
        return WORDS[self.status][0]

    @property
    def words(self) -> str:
        """Of the status."""
        return str(WORDS[self.status][1])


def render(notebook: "NotebookNode", released: "NotebookNode", grades: Grades, made_from: str = "") -> str:
    """The page.

    Args:
        notebook: as grading left it.
        released: as it was handed out.
        grades: what the gradebook has.
        made_from: a hash of these, which the page keeps.
    """
    title = _title(released) or _title(notebook)
    entries = [_entry(notebook, name, grades) for name in _graded_cells(notebook, released, grades)]
    mended = [sanitize.markdown(cell.source) for cell in notebook.cells if tells_repairs(cell)]
    rest = list(_rest(notebook, released))
    return _filled(title, grades, entries, made_from, _told(bounds.shortened()), mended, rest)


def _told(shortened: int) -> list[Text]:
    """What the page says of the parts that it does not show as they should be."""
    if not shortened:
        return []
    told = t("{count} parts of your notebook are too much for this page: shown as typed, or left out.", count=shortened)
    return [told]


def render_points(grades: Grades, made_from: str = "") -> str:
    """The page of a notebook that cannot be shown: points and comments alone."""
    entries = []
    for name, grade in grades.points.items():
        exercise = name.removeprefix("check-")
        status = Status.MANUAL if grade.by_hand else WAITING if grade.waiting else NOT_SHOWN
        entries.append(Entry(exercise, grade, status, (), (), _comment(grades, exercise), ()))
    return _filled("", grades, entries, made_from, [_NOTHING])


def render_answer(notebook: "NotebookNode", name: str) -> str:
    """One answer alone, as a part of another page: what is said of how it was found, then its cells."""
    notes = [line.words for line in lines(verdict_of(notebook, name)) if line.kind == "note"]
    return _templates().get_template("answer.html.j2").render(notes=notes, cells=_cells_of(notebook, name))


def _cells_of(notebook: "NotebookNode", exercise: str) -> list[Cell]:
    return [_cell(cell) for cell in notebook.cells if exercise in (_id(cell), answer_noted(cell))]


def _filled(
    title: str,
    grades: Grades,
    entries: Sequence[Entry],
    made_from: str,
    notes: Sequence[Text],
    mended: Sequence[Markup] = (),
    rest: Sequence[Cell] = (),
) -> str:
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            title=title[:LONGEST_TITLE] or grades.lesson,
            grades=grades,
            entries=entries,
            made_from=made_from,
            notes=list(map(str, notes)),
            mended=mended,
            rest=rest,
            total=_total(grades, any(entry.status == WAITING for entry in entries)),
            language=language(),
        )
    )


def _total(grades: Grades, waiting: bool) -> Markup:
    """All points, the learner's own in bold."""
    numbers = {"score": Markup(f"<strong>{grades.score:g}</strong>"), "most": f"{grades.max_score:g}"}
    return Markup(
        said("{score} of {most} points so far", **numbers) if waiting else said("{score} of {most} points", **numbers)
    )


def _graded_cells(notebook: "NotebookNode", released: "NotebookNode", grades: Grades) -> list[str]:
    """The nbgrader ids of graded cells in the order of the lesson."""
    order = dict.fromkeys(_id(cell) for cell in [*released.cells, *notebook.cells])
    return [name for name in order if name in grades.points] + [name for name in grades.points if name not in order]


def _entry(notebook: "NotebookNode", name: str, grades: Grades) -> Entry:
    grade, exercise = grades.points[name], name.removeprefix("check-")
    cells = _cells_of(notebook, exercise)
    comment = _comment(grades, exercise)
    verdict, hints = verdict_of(notebook, exercise), hints_of(notebook, exercise)
    if exercise == name:
        notes = [line for line in lines(verdict) if line.kind == "note"]
        return Entry(exercise, grade, _status_of_written(grade), notes, (), comment, cells)
    if not grade.by_hand:
        return Entry(exercise, grade, verdict.status, lines(verdict), hints, comment, cells)
    found = Line("check", str(t("Check")), str(WORDS[verdict.status][1]))
    return Entry(exercise, grade, Status.MANUAL, [found, *lines(verdict)], hints, comment, cells)


def _comment(grades: Grades, exercise: str) -> str:
    return sanitize.plain(grades.comments.get(exercise, ""))


def _status_of_written(grade: Grade) -> str:
    """A written answer is graded by a person; nbgrader itself gives none to one that was left as it was."""
    if grade.waiting and not grade.by_hand:
        return WAITING
    return Status.MANUAL if grade.by_hand else Status.NOT_ATTEMPTED


def _rest(notebook: "NotebookNode", released: "NotebookNode") -> Iterator[Cell]:
    """What the learner added or changed, and what the course's cells showed; the course's own text is left out."""
    given = {(cell.cell_type, cell.source) for cell in released.cells}
    heading = ""
    for cell in notebook.cells:
        from_course = (cell.cell_type, cell.source) in given
        if from_course and cell.cell_type == "markdown":
            heading = next(reversed(_HEADING.findall(cell.source)), heading)
            continue
        if "nbgrader" in cell.metadata or tells_repairs(cell) or answer_noted(cell) or not cell.source.strip():
            continue
        shown = _cell(cell, from_course, heading)
        if shown.outputs or not from_course:
            yield shown
            heading = ""


def _cell(cell: "NotebookNode", folded: bool = False, heading: str = "") -> Cell:
    heading = sanitize.plain(heading)
    if cell.cell_type == "markdown":
        return Cell(sanitize.markdown(cell.source, cell.get("attachments")), heading=heading)
    if cell.cell_type != "code":
        return Cell(sanitize.typed(cell.source), heading=heading)
    outputs = (sanitize.output(output) for output in cell.outputs)
    return Cell(sanitize.code(cell.source), tuple(filter(None, outputs)), True, folded, heading)


def _title(notebook: "NotebookNode") -> str:
    """The first heading."""
    texts = (cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return next((found[1] for text in texts if (found := _HEADING.search(text))), "")


def _id(cell: "NotebookNode") -> str:
    marks = cell.metadata.get("nbgrader", {})
    return marks.get("grade_id", "") if isinstance(marks, dict) else ""


@cache
def _templates() -> jinja2.Environment:
    environment = templates.environment("autograder.reports.feedback")
    environment.globals |= {"t": t, "named": named}
    environment.filters["points"] = lambda number: f"{number:g}"
    environment.filters["marked"] = marked
    environment.filters["breakable"] = lambda name: Markup("_<wbr>").join(name.split("_"))
    return environment
