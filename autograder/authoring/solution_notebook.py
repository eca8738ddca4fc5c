"""A lesson's source as a notebook: composed with nbgrader's metadata, and executed."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbformat import NotebookNode

from autograder.course import settings
from autograder.course.source import CODE_KINDS, Cell, LessonSource, place
from autograder.errors import CourseError
from autograder.notebooks.released_cells import digest

if TYPE_CHECKING:
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
# What a kernel that runs a solution is told, so that no setting of a user's changes an output.
KERNEL_ENVIRONMENT = {
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "TQDM_DISABLE": "1",  # progress bars leave nothing to compare
    "PYTHONDONTWRITEBYTECODE": "1",
    "AUTOGRADER_REFERENCE": "1",  # no learner's own parts
}
_OWN_IMPORT = "from autograder import "  # in a setup cell
SECONDS_PER_CELL = 1800  # generous: a crowded machine trains slowly

OnCell = Callable[[str, int, int], None]


class ExecutionError(CourseError):
    """A cell of a solution failed; the message names its line in the lesson's source."""


# Composing


def compose(lesson: LessonSource) -> NotebookNode:
    """The solution notebook of a lesson, without outputs: nbgrader's metadata, stable cell ids, no more."""
    taken: set[str] = set()
    cells = [_compose_cell(lesson.slug, cell, taken) for cell in lesson.cells]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": dict(KERNELSPEC)})
    nbformat.validate(notebook)
    return notebook


def in_language(notebook: NotebookNode, translated: LessonSource, language: str) -> NotebookNode:
    """The notebook of a lesson with the texts of `translated`: ids, marks and metadata stay those of the English one.

    It says its language in its metadata, for whoever reads it, and imports the course's functions from the module of
    that language, for the kernel, which does not see metadata.
    """
    for cell, other in zip(notebook.cells, translated.cells, strict=True):
        cell.source = other.source.replace(_OWN_IMPORT, f"from autograder.{language} import ")
    notebook.metadata["autograder"] = {"language": language}
    return notebook


def _compose_cell(lesson: str, cell: Cell, taken: set[str]) -> NotebookNode:
    nbgrader = _nbgrader_metadata(lesson, cell)
    # A check that fails must not end "Run all": experiments below say themselves what they wait for.
    tags = [*cell.tags, "raises-exception"] if cell.kind == "check" else list(cell.tags)
    metadata: dict[str, object] = {"tags": tags} if tags else {}
    if nbgrader:
        metadata["nbgrader"] = {"schema_version": 3, "task": False, **nbgrader}
    make = nbformat.v4.new_code_cell if cell.kind in CODE_KINDS else nbformat.v4.new_markdown_cell
    return make(cell.source, id=_cell_id(cell, taken), metadata=metadata)


def _nbgrader_metadata(lesson: str, cell: Cell) -> dict[str, object]:
    if cell.slug is None:  # nothing is graded
        return {}
    if cell.kind == "exercise":
        return {"grade_id": cell.slug, "grade": False, "solution": True, "locked": False}
    if cell.kind == "check":
        points = settings.points(lesson, cell.slug, settings.of_course())
        grade_id = f"check-{cell.slug}"
        return {"grade_id": grade_id, "grade": True, "solution": False, "locked": True, "points": points}
    if cell.kind == "written":  # no check: a person gives the points
        points = settings.points(lesson, cell.slug, settings.of_course())
        return {"grade_id": cell.slug, "grade": True, "solution": True, "locked": False, "points": points}
    return {}


def _cell_id(cell: Cell, taken: set[str]) -> str:
    """The exercise's slug, else a hash of kind and source: it stays when cells around it change."""
    base = f"{cell.kind}-{digest(cell.kind, cell.source)}"
    if cell.slug is not None:
        base = f"check-{cell.slug}" if cell.kind == "check" else cell.slug
    name, count = base, 1
    while name in taken:
        count += 1
        name = f"{base}-{count}"
    taken.add(name)
    return name


# Executing


def execute(
    notebook: NotebookNode,
    lesson: LessonSource,
    folder: Path,
    environment: Mapping[str, str],
    on_cell: OnCell | None = None,
) -> None:
    """Run the notebook's cells in order and keep their outputs in it, tidied.

    Args:
        notebook: what `compose` made of `lesson`; it is filled in place.
        folder: where the kernel runs.
        environment: the kernel's environment variables, all of them.
        on_cell: called as `on_cell(lesson, number, count)` as execution reaches cell `number` of `count`.

    Raises:
        ExecutionError: a cell failed, took too long, or wrote to stderr.
    """
    from nbclient.exceptions import CellControlSignal, CellExecutionError, DeadKernelError

    hooks = _Hooks(lesson, on_cell)
    client = _client(notebook, folder, hooks)
    try:
        client.execute(env=dict(environment))
    except CellExecutionError as error:
        raise ExecutionError(_failure(lesson, hooks.reached, error)) from error
    except (CellControlSignal, DeadKernelError) as error:
        reason = f"the kernel died or took over {SECONDS_PER_CELL} s in this cell"
        raise ExecutionError(f"{place(lesson.path, hooks.reached.line)}: {reason}: {error}") from error
    tidy(notebook)


class _Hooks:
    """What nbclient calls before and after each cell."""

    def __init__(self, lesson: LessonSource, on_cell: OnCell | None) -> None:
        self.lesson, self.on_cell = lesson, on_cell
        self.reached = lesson.cells[0]

    def on_cell_start(self, cell: NotebookNode, cell_index: int) -> None:
        self.reached = self.lesson.cells[cell_index]
        if self.on_cell is not None:
            self.on_cell(self.lesson.slug, cell_index + 1, len(self.lesson.cells))

    def on_cell_executed(self, cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
        """Refuse a failed check, and stderr: a committed warning holds one machine's paths."""
        if execute_reply["content"]["status"] != "ok" and self.reached.kind == "check":
            where = place(self.lesson.path, self.reached.line)
            raise ExecutionError(f"{where}: the solution fails its own check ({execute_reply['content']['evalue']})")
        for output in cell.outputs:
            if output.get("name") == "stderr" and execute_reply["content"]["status"] == "ok":
                text = output.text.strip().partition("\n")[0]
                where = place(self.lesson.path, self.reached.line)
                raise ExecutionError(f"{where}: the cell wrote to stderr ({text}); mend or silence it")


def _client(notebook: NotebookNode, folder: Path, hooks: _Hooks) -> "NotebookClient":
    from nbclient import NotebookClient
    from traitlets.config import Config

    quiet = Config(KernelManager={"transport_encryption": "auto"})  # else new kernels warn on the terminal
    return NotebookClient(
        notebook,
        config=quiet,
        timeout=SECONDS_PER_CELL,
        kernel_name=KERNELSPEC["name"],
        record_timing=False,
        coalesce_streams=True,
        store_widget_state=False,
        resources={"metadata": {"path": str(folder)}},
        on_cell_start=hooks.on_cell_start,
        on_cell_executed=hooks.on_cell_executed,
    )


def _failure(lesson: LessonSource, cell: Cell, error: "CellExecutionError") -> str:
    """Where and how a cell failed: the notebook's innermost line in the traceback, else the cell's first."""
    line = cell.line
    plain = re.sub(r"\x1b\[[0-9;]*m", "", error.traceback)
    for count, offset in re.findall(r"Cell In\[(\d+)\], line (\d+)", plain):
        line = lesson.code_cells[int(count) - 1].line + int(offset) - 1
    inside = "" if line == cell.line else f", in the {cell.kind} cell of line {cell.line}"
    reason = f"{error.ename}: {error.evalue}".rstrip(": ")
    return f"{place(lesson.path, line)}: {reason} (when it was executed{inside})"


def tidy(notebook: NotebookNode) -> None:
    """Leave nothing that differs from run to run: no language version, no timings, no empty outputs."""
    notebook.metadata.pop("language_info", None)
    for cell in code_cells(notebook):
        cell.metadata.pop("execution", None)
        cell.outputs = [output for output in cell.outputs if output.get("text") or output.get("data")]


# Files


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The cells that run, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def notebook_text(notebook: NotebookNode) -> str:
    """The notebook as the text of its file."""
    return nbformat.writes(notebook).rstrip("\n") + "\n"


def read_notebook(path: Path) -> NotebookNode | None:
    """The notebook at `path`, or None where there is none that can be read."""
    try:
        return nbformat.reads(path.read_text(encoding="utf-8"), as_version=nbformat.NO_CONVERT)
    except (OSError, ValueError, nbformat.ValidationError, AttributeError, KeyError):
        return None


def was_executed(notebook: NotebookNode) -> bool:
    """Whether every code cell ran."""
    return all(cell.get("execution_count") for cell in code_cells(notebook))


def take_outputs(notebook: NotebookNode, executed: NotebookNode | None) -> bool:
    """Give `notebook` the outputs of `executed` if that has the same cells; returns whether it had."""
    sources = [cell.source for cell in notebook.cells]
    if executed is None or not was_executed(executed) or [cell.source for cell in executed.cells] != sources:
        return False
    for cell, old in zip(code_cells(notebook), code_cells(executed), strict=True):
        cell.outputs, cell.execution_count = old.outputs, old.execution_count
    return True


def without_outputs(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it was before it ran. It is changed in place."""
    for cell in code_cells(notebook):
        cell.outputs, cell.execution_count = [], None
    return notebook
