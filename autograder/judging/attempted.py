"""Tells an answer above which the stub's last line was left from one that was not begun: both raise the same error."""

import ast
from collections.abc import Iterator, Mapping

from autograder.checks.registry import find_check
from autograder.judging.course_notebook import CourseNotebook
from autograder.judging.matched import Matched, is_as_given
from autograder.notebooks.cells import cell_words
from autograder.notebooks.python_names import bound_names, tree_of
from autograder.status import Status
from autograder.verdict import TO_MEND, Verdict
from lessons.toolkit.text import t

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_LEFT = t("a line that raises NotImplementedError was left in the answer, so nothing below it runs")
_CALLED = t("the answer calls something that still raises NotImplementedError")


def attempted(found: Matched, verdict: Verdict) -> Verdict:
    """The verdict; where it says "not attempted" of an answer that somebody has written, what is left to do."""
    name = found.defines.get(verdict.exercise, "")
    cells = [cell for cell in found.running if name in bound_names(cell.source)]
    if verdict.status != Status.NOT_ATTEMPTED or not cells or find_check(verdict.exercise).is_repair:
        return verdict  # code that is to be mended has no stub in it: it is as it was given
    functions = list(_functions(cells[-1].source, name))
    where = cell_words(cells[-1].index or 0, cells[-1].written or cells[-1].source)
    if any(map(_is_empty, functions)) or not functions:
        return verdict
    for line in (line for function in functions for line in _lines_left(function)):
        told = t("delete line {line} of {cell}, and run the check again", line=line, cell=where)
        return Verdict(verdict.exercise, Status.ERROR, title=_LEFT, question=told, case="", notes=verdict.notes)
    told = t("write what {cell} calls first, or do without it", cell=where)
    return Verdict(verdict.exercise, Status.ERROR, title=_CALLED, question=told, case="", notes=verdict.notes)


def unmended(verdicts: Mapping[str, Verdict], found: Matched, course: CourseNotebook) -> dict[str, Verdict]:
    """The verdicts; faulty code that fails as it was given was not attempted, whatever else the notebook does."""
    return {
        slug: Verdict(slug, Status.NOT_ATTEMPTED, question=TO_MEND, case="", notes=verdict.notes)
        if _is_failed_repair(verdict) and is_as_given(found, course, slug)
        else verdict
        for slug, verdict in verdicts.items()
    }


def _is_failed_repair(verdict: Verdict) -> bool:
    return verdict.status == Status.FAILED and find_check(verdict.exercise).is_repair


def _functions(source: str, name: str) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """The functions of a definition, methods among them."""
    tree = tree_of(source)
    defined = [one for one in (tree.body if tree else ()) if getattr(one, "name", "") == name]
    return (node for one in defined[-1:] for node in ast.walk(one) if isinstance(node, _FUNCTIONS))


def _is_empty(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether it is a stub: it raises, and does nothing else."""
    left = [statement for statement in function.body if not _is_nothing(statement)]
    return bool(left) and all(map(_is_stub, left))


def _lines_left(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[int]:
    """The lines of its body, those in its blocks too, that raise NotImplementedError."""
    return sorted(node.lineno for node in ast.walk(function) if isinstance(node, ast.Raise) and _is_stub(node))


def _is_stub(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Raise):
        return False
    error = statement.exc.func if isinstance(statement.exc, ast.Call) else statement.exc
    return isinstance(error, ast.Name) and error.id == "NotImplementedError"


def _is_nothing(statement: ast.stmt) -> bool:
    """A docstring, `...` or `pass`."""
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )
