"""The texts in a code cell that learners see: docstrings, comments, and literals that are printed or drawn.

A literal is shown where it is an argument of `print`, of a prediction, or of a function of `lessons.toolkit.figures`;
not a key, an index, or one side of a comparison. What names data is shown by the toolkit, which translates it then.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from autograder.authoring.translation.template import read_template, template_of
from autograder.authoring.translation.units import Say, docstring_in, folded, wrapped
from autograder.course.source import Cell, code_in, without_magics

WIDTH = 96  # columns of a line in a notebook
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_PREDICTIONS = ("predictions.ask", "predictions.answer")
_FIGURES = "lessons.toolkit.figures"


@dataclass(frozen=True)
class _Edit:
    """What replaces a part of a source: lines from 1, offsets in bytes, as `ast` counts."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


def code_texts_in(cell: Cell, figures: frozenset[str], say: Say) -> str:
    """A code cell's source with each text as `say` has it.

    Args:
        cell: of a lesson.
        figures: names in the notebook that come from `lessons.toolkit.figures`.
        say: as in `units`.
    """
    if cell.kind == "check":
        return cell.source
    source = without_magics(cell.source)
    tree = ast.parse(source)
    edits = [*_comments(cell, source, say)]
    edits += [_docstring(node, source, say) for node in docstrings(tree) if not _is_solved(cell, node)]
    edits += [edit for node in shown_literals(tree, figures) for edit in _literal(node, source, say)]
    return _edited(cell.source, edits)


def figure_names(cells: Iterable[Cell]) -> frozenset[str]:
    """The names by which the setup cells of a lesson have what draws in `lessons.toolkit.figures`."""
    trees = (ast.parse(without_magics(cell.source)) for cell in cells)
    imports = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    found = (alias for one in imports if (one.module or "").startswith(_FIGURES) for alias in one.names)
    return frozenset(alias.asname or alias.name for alias in found if not alias.name.endswith("_questions"))


def docstrings(tree: ast.AST) -> list[ast.Constant]:
    """The docstrings of all functions and classes."""
    bodies = (node.body for node in ast.walk(tree) if isinstance(node, _DEFINITIONS))
    first = (body[0].value for body in bodies if isinstance(body[0], ast.Expr))
    return [value for value in first if isinstance(value, ast.Constant) and isinstance(value.value, str)]


def shown_literals(tree: ast.AST, figures: frozenset[str]) -> list[ast.Constant | ast.JoinedStr]:
    """The places of strings that learners see, whatever these say."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [literal for call in calls for argument in _shown(call, figures) for literal in _strings(argument)]


def _shown(call: ast.Call, figures: frozenset[str]) -> list[ast.expr]:
    name = ast.unparse(call.func)
    keywords = [keyword.value for keyword in call.keywords if keyword.arg not in ("guess", "end", "sep")]
    if name in _PREDICTIONS:
        return [*call.args[1:], *keywords]  # the first is its name
    return [*call.args, *keywords] if name == "print" or name.split(".")[0] in figures else []


def _strings(node: ast.AST) -> Iterator[ast.Constant | ast.JoinedStr]:
    if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        yield node
    elif isinstance(node, ast.IfExp):
        yield from [*_strings(node.body), *_strings(node.orelse)]
    elif isinstance(node, ast.BinOp):
        yield from [*_strings(node.left), *_strings(node.right)]


def _is_solved(cell: Cell, node: ast.expr) -> bool:
    """Whether a node stands in a solution, which learners do not get."""
    return cell.kind == "exercise" and _places(cell)[node.lineno - 1] != "given"


def _places(cell: Cell) -> list[str]:
    return code_in(cell.source, "given", "solution", "stub", "marker", places=True)


def _docstring(node: ast.Constant, source: str, say: Say) -> _Edit:
    written = ast.get_source_segment(source, node) or ""
    is_raw = written[:1] in "rR"
    indent = " " * node.col_offset
    text = docstring_in(str(node.value), say, WIDTH - node.col_offset)
    text = text if is_raw else text.replace("\\", "\\\\")
    lines = [line and indent + line for line in text.split("\n")]
    end = f'\n{indent}"""' if len(lines) > 1 else '"""'
    return _edit(node, ("r" if is_raw else "") + '"""' + "\n".join(lines).lstrip() + end)


def _literal(node: ast.Constant | ast.JoinedStr, source: str, say: Say) -> list[_Edit]:
    template = template_of(node)
    text = template.strip()
    if not is_said(node):
        return []
    before, _, after = template.partition(text)
    said = before + say("literal", text) + after
    is_same = said == template
    return (
        [] if is_same else [_edit(node, read_template(said, isinstance(node, ast.JoinedStr), node.col_offset, WIDTH))]
    )


def is_said(node: ast.Constant | ast.JoinedStr) -> bool:
    """Whether a string has words outside of what is filled in; one that could be a name is one, of data say."""
    if isinstance(node, ast.Constant) and str(node.value).isidentifier():
        return False
    values = node.values if isinstance(node, ast.JoinedStr) else [node]
    text = "".join(str(value.value) for value in values if isinstance(value, ast.Constant))
    return re.search(r"[A-Za-z]{2}", text) is not None


def _edit(node: ast.expr, text: str) -> _Edit:
    end = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset  # each has both
    return _Edit((node.lineno, node.col_offset), end, text)


def _comments(cell: Cell, source: str, say: Say) -> Iterator[_Edit]:
    """Comments that say something; those that follow one another, each alone on its line, are one text."""
    places = _places(cell)
    found: list[list[tokenize.TokenInfo]] = []
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or places[token.start[0] - 1] != "given":
            continue
        is_alone = not token.line[: token.start[1]].strip()
        above = found[-1][-1] if found else None
        if above and is_alone and above.start == (token.start[0] - 1, token.start[1]):
            found[-1].append(token)
        else:
            found.append([token])
    for tokens in found:
        english = folded(" ".join(token.string.lstrip("#") for token in tokens))
        if re.search(r"[a-z]{3}", english) and not english.startswith(("noqa", "type:")):
            (line, column), (last, end) = tokens[0].start, tokens[-1].end
            said = say("comment", english)
            lines = wrapped(said, WIDTH, " " * column + "# ", " " * column + "# ") if len(tokens) > 1 else [f"# {said}"]
            yield _Edit(
                (line, _bytes(source, line, column)), (last, _bytes(source, last, end)), "\n".join(lines).lstrip()
            )


def _bytes(source: str, line: int, column: int) -> int:
    return len(source.split("\n")[line - 1][:column].encode())


def _edited(source: str, edits: list[_Edit]) -> str:
    lines = [line.encode() for line in source.split("\n")]
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        (first, begin), (last, end) = edit.start, edit.end
        lines[first - 1 : last] = [lines[first - 1][:begin] + edit.text.encode() + lines[last - 1][end:]]
    return b"\n".join(lines).decode()
