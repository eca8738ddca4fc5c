"""The texts that claims are about: passages of lessons and figures, README and data card, and the numbers in them."""

import ast
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder.course.lessons import all_lessons
from autograder.course.source import Cell, read_lesson, without_magics

COURSE = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "datasets/README.md")
FIGURE_MODULES = "lessons/toolkit/figures/*.py"
#: Modules whose numbers are sizes of signs and gaps.
STYLED = ("alignment_explorer.py", "head_explorer.py", "gloss_lines.py", "visual_language.py")

_FILLED_IN = re.compile(r"\{\w+\}")
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
#: What is no prose: code, formulas, addresses, and links that show a bare number such as arXiv's.
_NO_PROSE = re.compile(r"`[^`]*`|\$\$.*?\$\$|\$[^$]+\$|\[[^\]\s]*\]\([^)]*\)|\]\([^)]*\)|https?://[^\s)>]+", re.DOTALL)
#: Calls whose strings are no statement of the course: questions, and prints, whose verdicts nbval compares.
_SILENT = {"ask", "check", "getLogger", "hint", "load_results", "print", "ready", "add_argument"}

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|dozens?"
_ONES = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
_PARTS = "half|halves|thirds|a third|quarters?|twice|tenth|tenths"
NUMBER = re.compile(rf"(?<![\w.])\d+(?:[.,]\d+)*|\b(?:{_ONES}|eighteen|nineteen|{_TENS}|{_PARTS})\b", re.IGNORECASE)
#: A comparison: a word in -er, or more, less or worse, with *than* soon after in the same sentence.
COMPARISON = re.compile(
    r"\b(?:\w{2,}er|more|less|worse)\b(?: [\w*-]+){0,4} than\b|\bno (?:worse|better)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Passage:
    """A piece of text.

    Attributes:
        file: the lesson, such as `02_context_limit`, or the page or module from the root of the repository.
        section: its heading, without marks; empty above the first one.
        kind: "text", or "figure" for what a figure shows or says.
        text: with white space folded.
    """

    file: str
    section: str
    kind: str
    text: str

    @property
    def place(self) -> str:
        """How a message names it."""
        return f"{self.file} / {self.section}" + (" / figure" if self.kind == "figure" else "")


def fold(text: str) -> str:
    """The text with each run of white space as one space."""
    return " ".join(text.split())


def is_at(passage: Passage, place: str) -> bool:
    """Whether a passage stands at a place: file, start of the section's heading, and "figure", each if it is given.

    `02_context_limit / 5` is the section `5 · The whole grid, five times` with its figures, and `*` is everywhere.
    """
    file, section, kind = (*place.split(" / "), "", "")[:3]
    if section == "figure":
        section, kind = "", "figure"
    starts = re.match(rf"{re.escape(section)}(?!\w)", passage.section) if section else True
    return file in ("*", passage.file) and bool(starts) and kind in ("", passage.kind)


@cache
def passages() -> tuple[Passage, ...]:
    """Every passage of the course, in order."""
    pages = [passage for page in PAGES for passage in page_passages(page, (COURSE / page).read_text(encoding="utf-8"))]
    lessons = [passage for lesson in all_lessons() for passage in lesson_passages(lesson.slug, lesson.source)]
    return (*pages, *lessons, *_module_passages())


def page_passages(name: str, text: str) -> Iterator[Passage]:
    """The sections of a Markdown page, one passage each."""
    section = ""
    parts = _HEADING.split(text)
    yield from _if_any(name, "", "text", parts[0])
    for section, body in zip(parts[1::2], parts[2::2], strict=True):
        yield from _if_any(name, section, "text", f"{section}\n{body}")


def lesson_passages(name: str, path: Path) -> Iterator[Passage]:
    """The text cells of a lesson, and the strings of its other cells that figures and answers show."""
    section = ""
    for cell in read_lesson(path).cells:
        if cell.kind in ("markdown", "written"):
            headings = _HEADING.findall(cell.source)
            section = headings[-1] if headings else section
            yield from _if_any(name, section, "text", cell.source)
        elif cell.kind == "exploration":
            for text in _shown(cell):
                yield from _if_any(name, section, "figure", text)


def _if_any(file: str, section: str, kind: str, text: str) -> Iterator[Passage]:
    if text.strip():
        yield Passage(file, section.strip(), kind, fold(text))


def _shown(cell: Cell) -> Iterator[str]:
    yield from strings(ast.parse(without_magics(cell.source)))


def _module_passages() -> Iterator[Passage]:
    for path in sorted(path for path in COURSE.glob(FIGURE_MODULES) if path.name not in STYLED):
        name = path.relative_to(COURSE).as_posix()
        for text in strings(ast.parse(path.read_text(encoding="utf-8"))):
            yield from _if_any(name, "", "figure", text)


def strings(node: ast.AST) -> Iterator[str]:
    """The strings in a piece of code that a reader may see; what is computed in them stands as `…`.

    Left out are docstrings, keys in brackets, and the arguments of calls that show no statement (`_SILENT`).
    """
    text = ""
    if isinstance(node, ast.JoinedStr):
        text = "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        text = _FILLED_IN.sub("…", node.value)  # of a template
    if " " in text.strip():  # else a key, a name, a format
        yield text
    for child in _seen(node):
        yield from strings(child)


def _seen(node: ast.AST) -> Iterable[ast.AST]:
    """The parts of a node in which strings are looked for."""
    if isinstance(node, ast.JoinedStr):  # its own text was taken as one; what is computed may hold more
        return [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
    if isinstance(node, ast.Call) and _name(node.func) in _SILENT:
        return []
    if isinstance(node, ast.Subscript):
        return [node.value]
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []
    return list(ast.iter_child_nodes(node))


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def spans(pattern: re.Pattern[str], text: str) -> list[tuple[int, int]]:
    """Where a pattern stands in a text."""
    return [match.span() for match in pattern.finditer(text)]


def spans_of(words: str, text: str) -> list[tuple[int, int]]:
    """Where words stand in a text, white space folded."""
    return spans(re.compile(re.escape(fold(words))), text)


def uncovered(passage: Passage, wanted: re.Pattern[str], covered: Sequence[tuple[int, int]]) -> Iterator[str]:
    """What a pattern finds in the prose of a passage outside the covered spans, each with its surroundings."""
    prose = _NO_PROSE.sub(lambda match: "\0" * len(match[0]), passage.text)
    for start, end in spans(wanted, prose):
        if not any(low <= start and end <= high for low, high in covered):
            yield f"{passage.text[max(0, start - 50) : start]}⟦{passage.text[start:end]}⟧{passage.text[end : end + 50]}"


def nearest(words: str, among: Iterable[Passage]) -> str:
    """The piece of text that is most like some words, and where it stands."""
    best, where, what = 0.0, "", ""
    for passage in among:
        matcher = difflib.SequenceMatcher(None, fold(words), passage.text, autojunk=False)
        match = matcher.find_longest_match()
        if match.size > best:
            start = max(0, match.b - match.a)
            best, where, what = match.size, passage.place, passage.text[start : start + len(fold(words))]
    return f"{where}: {what!r}"
