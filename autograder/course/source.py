"""Reads a lesson's one hand-edited text, `solutions/NN_slug/NN_slug.py`, into checked cells.

The text is jupytext's percent format. A code cell says by a tag what it is for:

    # %% tags=["setup"]                         imports, constants
    # %% tags=["exercise"] slug="pad_batch"     one exercise, its answer between the solution markers
    # %% tags=["check"]                         one line: check("pad_batch", pad_batch)
    # %% tags=["exploration"]                   begins with `if ready(`, unless also tagged "always"

Where learners mend code instead of writing it, the faulty code that they get stands commented out below the right one,
before the solution ends:

    ### STUB
    # return F.cross_entropy(logits.flatten(0, 1), target.flatten())

A written answer, which a person grades, is a text cell below the text that asks. It holds what graders are shown:

    # %% [markdown] tags=["written"] slug="what_more_bought"
    # **A model answer.** ...
    # **For whoever grades**, a half of the points each: ...
"""

import ast
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from autograder.errors import CourseError
from lessons.toolkit.text import said

BEGIN_SOLUTION = "### BEGIN SOLUTION"
END_SOLUTION = "### END SOLUTION"
STUB = "### STUB"
CODE_KINDS = ("setup", "exercise", "check", "exploration")

_NBGRADER_WORDS = ("BEGIN SOLUTION", "END SOLUTION")  # which nbgrader would find anywhere in a line
_NAMED = {"exercise": "exercise", "written": "written answer"}  # kinds whose cells carry a slug, and their names
_FOR_GRADERS = ("**A model answer.**", "**For whoever grades**")  # what a written answer holds
_CELL_START = re.compile(r"^\s*#\s*%%")
_CELL_MAGIC = re.compile(r"\s*%%(!|\w+)")
_OTHER_LANGUAGES = frozenset(  # cell magics whose text does not run in the notebook's namespace
    "! HTML SVG R bash cmd file html javascript js latex markdown perl pypy python python2 python3 ruby script sh sql "
    "svg sx system writefile".split()
)
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,47}")  # with "check-" before it still a valid cell id of at most 64

Problem = tuple[int, str]  # a line of the lesson's file, and what is wrong there with its remedy


class LessonSourceError(CourseError):
    """A lesson's source breaks a rule; the message names file, line and remedy."""


@dataclass(frozen=True)
class Cell:
    """One cell of a lesson.

    Attributes:
        kind: "markdown", "written", "setup", "exercise", "check" or "exploration".
        source: its text, solution markers included.
        line: where `source` begins in the lesson's file, from 1.
        tags: all tags, the kind among them.
        slug: the exercise that an exercise cell poses or a check cell checks, the name of a written answer, else None.
    """

    kind: str
    source: str
    line: int
    tags: tuple[str, ...] = ()
    slug: str | None = None

    @cached_property
    def numbered_lines(self) -> list[tuple[int, str]]:
        """Each line of the source with its number in the lesson's file."""
        return list(enumerate(self.source.splitlines(), self.line))


@dataclass(frozen=True)
class LessonSource:
    """A lesson's source, read and found in order."""

    path: Path
    cells: tuple[Cell, ...]

    @property
    def slug(self) -> str:
        """The lesson, such as `01_seq2seq`."""
        return self.path.stem

    @property
    def number(self) -> str:
        """`"01"` of `01_seq2seq`."""
        return self.slug.split("_", 1)[0]

    @cached_property
    def exercises(self) -> dict[str, Cell]:
        """The exercise cells by slug, in order."""
        return {cell.slug: cell for cell in self.cells if cell.kind == "exercise" and cell.slug}

    @cached_property
    def written(self) -> dict[str, Cell]:
        """The written answers by slug, in order."""
        return {cell.slug: cell for cell in self.cells if cell.kind == "written" and cell.slug}

    @property
    def setup_cells(self) -> tuple[Cell, ...]:
        """The setup cells, in order."""
        return tuple(cell for cell in self.cells if cell.kind == "setup")

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        """Every cell that runs, in order: the n-th has execution count n."""
        return tuple(cell for cell in self.cells if cell.kind in CODE_KINDS)


def read_lesson(path: Path) -> LessonSource:
    """The lesson in the percent-format file `path`.

    Raises:
        LessonSourceError: the file is missing, or breaks a rule of the format.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LessonSourceError(f"{place(path)}: cannot be read ({error})") from error
    return _parse(path, text)


@lru_cache(maxsize=16)
def _parse(path: Path, text: str) -> LessonSource:
    """As `read_lesson`; the same text is parsed once a process, for that takes a twentieth of a second."""
    lesson = LessonSource(path, tuple(_cells(path, text)))
    for line, problem in _problems(lesson):
        raise LessonSourceError(f"{place(path, line)}: {problem}")
    return lesson


def place(path: Path, line: int | None = None) -> str:
    """A place in a course file for a message: `solutions/01_seq2seq/01_seq2seq.py:48`, `lessons/ko/...`."""
    depth = 4 if len(path.parts[-3:][0]) == 2 else 3  # in the folder of a language
    name = "/".join(path.parts[-depth:])
    return name if line is None else f"{name}:{line}"


def without_markers(source: str) -> str:
    """A cell's source without the lines that mark the solution, and without faulty code that learners get."""
    return "\n".join(code_in(source, "given", "solution"))


def code_in(source: str, *wanted: str, places: bool = False) -> list[str]:
    """The lines of an exercise cell that stand in `wanted` places, or the places themselves.

    Args:
        source: of the cell.
        wanted: "given", "solution" or "stub".
        places: whether to return the place of each line.
    """
    return [place if places else text for text, place in _placed_lines(source) if place in wanted]


def stub_of(source: str) -> str | None:
    """The faulty code that learners get in place of a cell's solution; None where they get a line to replace."""
    lines = code_in(source, "stub")
    bare = [re.sub(r"^(\s*)# ?", r"\1", line) for line in lines]
    return textwrap.dedent("\n".join(bare)) if lines else None


def line_to_replace(number: str, exercise: str) -> str:
    """What learners replace with their code, in lesson `number`, such as "01", in the language that is spoken."""
    words = {"number": number, "exercise": exercise}
    told = said("Lesson {number}, exercise {exercise}: replace this line with your code", **words)
    return f'raise NotImplementedError("{told}")'


def unsolved(source: str, line: str) -> str:
    """An exercise cell's source with `line` in place of each solution, and nothing of code that is to be mended."""
    marked = re.compile(rf"^([ \t]*){BEGIN_SOLUTION}\n.*?^[ \t]*{END_SOLUTION}$", re.MULTILINE | re.DOTALL)
    return marked.sub(lambda found: found[1] + line, source)


def _placed_lines(source: str) -> Iterator[tuple[str, str]]:
    """Each line of an exercise cell and where it stands: "given", "solution", "stub", or "marker"."""
    place, after = "given", {BEGIN_SOLUTION: "solution", STUB: "stub", END_SOLUTION: "given"}
    for line in source.split("\n"):
        marker = line.strip()
        place = after.get(marker, place)
        yield line, "marker" if marker in after else place


def without_magics(source: str) -> str:
    """A cell's source as plain Python: lines for IPython, such as `%matplotlib inline`, are left blank.

    So are all lines of a cell that is no Python to IPython either, such as one that begins with `%%writefile`.
    """
    if _syntax_error(source) is None:
        return source  # a line of a string may begin with % or !
    if (magic := _CELL_MAGIC.match(source)) and magic[1] in _OTHER_LANGUAGES:
        return "\n" * source.count("\n")
    lines = ["" if line.lstrip().startswith(("%", "!")) else line for line in source.split("\n")]
    return "\n".join(lines)


def _cells(path: Path, text: str) -> Iterator[Cell]:
    import jupytext  # a second to load, and most commands read no lesson

    # The cell markers get their line numbers, to tell where each cell begins.
    marked = [f"{line} line={n}" if _CELL_START.match(line) else line for n, line in enumerate(text.split("\n"), 1)]
    for cell in jupytext.reads("\n".join(marked), fmt="py:percent").cells:
        line = cell.metadata.get("line")
        if line is not None:
            yield _cell(path, cell, int(line) + 1)
        elif not _only_comments(cell.source):
            raise LessonSourceError(f"{place(path, 1)}: text stands before the first '# %%' line; put one above it")


def _only_comments(source: str) -> bool:
    return all(not line.strip() or line.startswith("#") for line in source.splitlines())


def _cell(path: Path, cell: Any, line: int) -> Cell:
    tags = tuple(cell.metadata.get("tags", ()))
    if cell.cell_type == "markdown":
        kind = "written" if "written" in tags else "markdown"
        return Cell(kind, cell.source, line, tags, cell.metadata.get("slug") if kind == "written" else None)
    kinds = [tag for tag in tags if tag in CODE_KINDS]
    if cell.cell_type != "code" or len(kinds) != 1:
        wanted = ", ".join(CODE_KINDS)
        found = ", ".join(kinds) or "none"
        raise LessonSourceError(f"{place(path, line - 1)}: a code cell needs one kind as tag ({wanted}), not {found}")
    slug = cell.metadata.get("slug") if kinds[0] == "exercise" else None
    if kinds[0] == "check":
        slug = _checked_slug(cell.source)
    return Cell(kinds[0], cell.source, line, tags, slug)


def _checked_slug(source: str) -> str | None:
    match = re.fullmatch(r"""check\((["'])(\w+)\1, [^\n]+\)""", source)
    return match[2] if match and _syntax_error(source) is None else None


def _problems(lesson: LessonSource) -> Iterator[Problem]:
    """What breaks a rule, with its remedy: cell by cell, then what concerns several cells."""
    for cell in lesson.cells:
        yield from _problems_of_markers(cell)
        yield from _problems_of_regions(cell) if cell.kind == "exercise" else ()
        yield from _problems_of_stub(cell) if STUB in cell.source else ()
        yield from _problems_of_kind(cell)
    yield from _problems_of_order(lesson)


def _problems_of_markers(cell: Cell) -> Iterator[Problem]:
    for line, text in cell.numbered_lines:
        if not any(word in text for word in _NBGRADER_WORDS):
            continue
        if cell.kind != "exercise":
            yield line, "a solution marker outside an exercise cell, on which nbgrader acts; reword it"
        elif text.strip() not in (BEGIN_SOLUTION, END_SOLUTION):
            yield line, f"write the marker as '{BEGIN_SOLUTION}' or '{END_SOLUTION}', alone on its line"


def _problems_of_regions(cell: Cell) -> Iterator[Problem]:
    began = None
    for line, text in cell.numbered_lines:
        if text.strip() == BEGIN_SOLUTION:
            if began:
                yield line, f"'{BEGIN_SOLUTION}' inside the region that began in line {began}; end that first"
            began = line
        elif text.strip() == END_SOLUTION:
            if not began:
                yield line, f"'{END_SOLUTION}' has no '{BEGIN_SOLUTION}' above it in the cell; add it"
            began = None
    if began:
        yield began, f"'{BEGIN_SOLUTION}' has no '{END_SOLUTION}' before the cell ends; add it"
    elif BEGIN_SOLUTION not in cell.source:
        yield (
            cell.line,
            f"the exercise has no solution; put '{BEGIN_SOLUTION}' and '{END_SOLUTION}' around it",
        )


def _problems_of_stub(cell: Cell) -> Iterator[Problem]:
    places = {BEGIN_SOLUTION: 0, STUB: 1, END_SOLUTION: 2}
    order = [(line, places[text.strip()]) for line, text in cell.numbered_lines if text.strip() in places]
    for (_, above), (line, here) in pairwise([(0, -1), *order]):
        if here == 1 and above != 0:
            yield line, f"'{STUB}' stands between '{BEGIN_SOLUTION}' and '{END_SOLUTION}', once; move it"
    if (stub := stub_of(cell.source)) is not None and (not stub.strip() or _syntax_error(stub) is not None):
        yield cell.line, f"what stands below '{STUB}' is Python, each line commented out; mend it"


def _problems_of_kind(cell: Cell) -> Iterator[Problem]:
    if not cell.source.strip():
        yield cell.line - 1, "the cell is empty; fill it or delete its '# %%' line"
    elif cell.kind in _NAMED and not (cell.slug and _SLUG.fullmatch(cell.slug)):
        yield (
            cell.line - 1,
            f'give the {_NAMED[cell.kind]} a slug of a-z, 0-9, _ such as slug="pad_batch", not {cell.slug!r}',
        )
    elif cell.kind == "written" and (lacking := [words for words in _FOR_GRADERS if words not in cell.source]):
        yield cell.line, f"a written answer needs the words {lacking[0]} and what follows from them"
    elif cell.kind == "check" and cell.slug is None:
        yield cell.line, 'a check cell is one line such as check("pad_batch", pad_batch)'
    elif cell.kind == "exploration" and "always" not in cell.tags and not _begins_with_ready(cell.source):
        yield cell.line, "begin with 'if ready(...):', or add the tag \"always\" if no exercise is needed"
    error = _syntax_error(without_magics(cell.source)) if cell.kind in ("setup", "exercise") else None
    if error is not None:
        yield cell.line + (error.lineno or 1) - 1, f"this is not valid Python: {error.msg}"


def _begins_with_ready(source: str) -> bool:
    code = [line for line in source.splitlines() if line.strip() and not line.startswith("#")]
    return bool(code) and code[0].startswith("if ready(")


def _syntax_error(source: str) -> SyntaxError | None:
    try:
        ast.parse(source)
    except SyntaxError as error:
        return error
    return None


def _problems_of_order(lesson: LessonSource) -> Iterator[Problem]:
    lines: dict[str, dict[str, int]] = {"exercise": {}, "check": {}, "written": {}}
    for above, cell in pairwise(lesson.cells):
        if cell.kind == "written" and above.kind != "markdown":
            yield cell.line - 1, "a written answer stands below the text that asks for it; put a text cell above"
    for slug, cell in ((cell.slug, cell) for cell in lesson.cells if cell.slug):
        seen = lines[cell.kind]
        if slug in seen:
            yield cell.line, f"a second {cell.kind} cell of '{slug}' after line {seen[slug]}; rename one"
        if cell.kind == "check" and slug not in lines["exercise"]:
            yield cell.line, f"the check of '{slug}' comes before its exercise, or there is none; move it"
        seen[slug] = cell.line
    for slug in lines["written"].keys() & lines["exercise"].keys():
        yield lines["written"][slug], f"'{slug}' is an exercise in line {lines['exercise'][slug]} too; rename one"
    for slug in [slug for slug in lines["exercise"] if slug not in lines["check"]]:
        yield lines["exercise"][slug], f"exercise '{slug}' has no check; add a check cell below it"
