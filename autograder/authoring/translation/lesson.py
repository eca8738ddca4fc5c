"""A lesson in another language: the same cells and the same code, with other texts."""

import ast
from dataclasses import replace

from autograder.authoring.translation.catalogue import Catalogue, Key
from autograder.authoring.translation.code_texts import code_texts_in, docstrings, figure_names, shown_literals
from autograder.authoring.translation.units import Say, markdown_in
from autograder.course.source import CODE_KINDS, Cell, LessonSource, place, without_magics
from autograder.errors import CourseError


def texts_of(lesson: LessonSource) -> list[Key]:
    """Every text of a lesson that learners read, kind and English, in order."""
    found: dict[Key, None] = {}

    def note(kind: str, english: str) -> str:
        found[kind, english] = None
        return english

    _said(lesson, note)
    return list(found)


def translate(lesson: LessonSource, catalogue: Catalogue, untranslated: str = "") -> LessonSource:
    """A lesson as a catalogue has it; what it lacks stays English.

    Args:
        lesson: in English.
        catalogue: of its texts.
        untranslated: what is added to a paragraph that stays English.

    Raises:
        CourseError: its code would do something else.
    """

    def say(kind: str, english: str) -> str:
        found = catalogue.find(kind, english)
        return found or (f"{english} {untranslated}".rstrip() if kind == "md" else english)

    translated = _said(lesson, say)
    _require_same_code(lesson, translated)
    return translated


def _said(lesson: LessonSource, say: Say) -> LessonSource:
    figures = figure_names(lesson.setup_cells)
    return replace(lesson, cells=tuple(replace(cell, source=_source(cell, figures, say)) for cell in lesson.cells))


def _source(cell: Cell, figures: frozenset[str], say: Say) -> str:
    if cell.kind in CODE_KINDS:
        return code_texts_in(cell, figures, say)
    return markdown_in(cell.source, say)


def _require_same_code(lesson: LessonSource, translated: LessonSource) -> None:
    figures = figure_names(lesson.setup_cells)
    for cell, other in zip(lesson.code_cells, translated.code_cells, strict=True):
        try:
            is_same = without_texts(cell.source, figures) == without_texts(other.source, figures)
        except SyntaxError as error:
            raise CourseError(f"{place(lesson.path, cell.line)}: translated, it is no Python: {error.text}") from error
        if not is_same:
            told = (
                "translated, its code is another: an f-string fills in what the English one does, no more and no less"
            )
            raise CourseError(f"{place(lesson.path, cell.line)}: {told}")


def without_texts(source: str, figures: frozenset[str]) -> str:
    """The code of a cell without its texts: what f-strings fill in, in any order, and nothing that is said."""
    tree = ast.parse(without_magics(source))
    for text in docstrings(tree):
        text.value = ""
    blank = {id(node): _filled_in(node) for node in shown_literals(tree, figures)}
    return ast.dump(_Blanked(blank).visit(tree))


def _filled_in(node: ast.Constant | ast.JoinedStr) -> ast.expr:
    values = node.values if isinstance(node, ast.JoinedStr) else []
    filled = [value for value in values if isinstance(value, ast.FormattedValue)]
    return ast.JoinedStr([ast.Constant(""), *sorted(filled, key=ast.dump)])


class _Blanked(ast.NodeTransformer):
    """Puts what has been made of a node in its place."""

    def __init__(self, blank: dict[int, ast.expr]) -> None:
        self._blank = blank

    def visit(self, node: ast.AST) -> ast.AST:
        return self._blank.get(id(node)) or self.generic_visit(node)
