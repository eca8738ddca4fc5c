"""Which names a cell binds and uses, by its syntax tree. Nothing of the cell runs.

A cell that is no Python, or nested deeper than Python's own tools follow, binds and uses nothing. A tree takes some
hundred times the memory of its source, so none is kept: what is remembered of a cell are its names.
"""

import ast
from collections.abc import Iterable, Iterator, Set
from typing import NamedTuple

from autograder.course.source import without_magics
from autograder.notebooks.bounded_cache import BoundedCache

LONGEST_SOURCE = 200_000  # characters that are parsed; nobody writes more by hand
REMEMBERED = 2_000_000  # characters of cells whose names are kept: a notebook's, and what it has of the course

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.AugAssign)
_SCOPES = (*_DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


class Names(NamedTuple):
    """What is remembered of a cell.

    Attributes:
        is_python: whether it can be parsed.
        bound: the names that it binds at its top level.
        used: the names that it reads, in its functions too.
        defined: the names that each of its imports, definitions and constants binds.
        computed: the same, and those that each of its other assignments binds.
    """

    is_python: bool
    bound: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    defined: tuple[tuple[str, ...], ...] = ()
    computed: tuple[tuple[str, ...], ...] = ()


def tree_of(source: str) -> ast.Module | None:
    """The tree of a cell, lines for IPython left out; None where it is no Python."""
    if len(source) > LONGEST_SOURCE:
        return None
    try:
        return ast.parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def is_same_code(one: str, other: str) -> bool:
    """Whether Python sees the same in two cells: comments and layout left out."""
    tree, other_tree = tree_of(one), tree_of(other)
    return one == other if tree is None or other_tree is None else ast.dump(tree) == ast.dump(other_tree)


def is_same_but_for_texts(one: str, other: str) -> bool:
    """Whether two cells do the same and only say it in other words: docstrings, strings, the order in an f-string."""
    tree, other_tree = tree_of(one), tree_of(other)
    if tree is None or other_tree is None:
        return one == other
    return ast.dump(_without_texts(tree)) == ast.dump(_without_texts(other_tree))


def _without_texts(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        elif isinstance(node, ast.JoinedStr):
            filled: list[ast.expr] = [value for value in node.values if isinstance(value, ast.FormattedValue)]
            node.values = sorted(filled, key=ast.dump)
    return tree


def _names(source: str) -> Names:
    tree = tree_of(source)
    if tree is None:
        return Names(False)
    defined, computed = (
        tuple(tuple(_bound(statement)) for statement in _defining(tree.body, computed)) for computed in (False, True)
    )
    return Names(True, bound_by(*tree.body), used_by(tree), defined, computed)


names_of = BoundedCache(_names, REMEMBERED)


def is_python(source: str) -> bool:
    """Whether a cell can be parsed, lines for IPython left out."""
    return names_of(source).is_python


def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level: definitions, imports and assignments."""
    return names_of(source).bound


def used_names(source: str) -> frozenset[str]:
    """The names that a cell reads, in its functions too."""
    return names_of(source).used


def names_of_definitions(source: str, known: Set[str] = frozenset(), computed: bool = False) -> set[str]:
    """The names that `definitions` would bind."""
    found = names_of(source).computed if computed else names_of(source).defined
    return {name for names in found if known.isdisjoint(names) for name in names}


def bound_by(*statements: ast.stmt) -> frozenset[str]:
    """The names that statements bind in the scope that they stand in."""
    return frozenset(name for node in statements for name in _bound(node))


def used_by(tree: ast.AST) -> frozenset[str]:
    """The names that are read anywhere in a tree."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return frozenset(node.id for node in names if isinstance(node.ctx, ast.Load))


def is_only_text(source: str) -> bool:
    """Whether a cell holds words alone: comments, strings, what is printed of them, or what is no Python."""
    tree = tree_of(source)
    return tree is None or all(_is_words(statement) for statement in tree.body)


def _is_words(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=arguments)):
            return all(isinstance(argument, ast.Constant) for argument in arguments)
    return False


def definitions(source: str, known: Iterable[str] = (), computed: bool = False) -> str:
    """Only the imports, functions, classes and constants of a cell, those of its `if` and `with` blocks too.

    Args:
        source: the cell.
        known: names that are bound elsewhere; what binds one of them is left out.
        computed: whether to keep assignments of what is computed as well.
    """
    tree, known = tree_of(source), frozenset(known)
    if tree is None:
        return ""
    try:
        found = [node for node in _defining(tree.body, computed) if known.isdisjoint(_bound(node))]
        return "\n".join(ast.unparse(node) for node in found)
    except RecursionError:
        return ""


def rest_below(source: str, line: int, without: Iterable[str] = ()) -> str:
    """The statements of a cell below the one in a line, each in its place, magics left out; "" where there are none.

    Other lines become comments, for IPython strips empty ones at the beginning, and lines would be counted otherwise.

    Args:
        source: the cell.
        line: where a statement has failed, from 1.
        without: names that are bound elsewhere; what binds one of them is left out.
    """
    tree, without = tree_of(source), set(without)
    if tree is None:
        return ""
    below = [statement for statement in tree.body if _first_line(statement) > line]
    try:
        kept = [statement for statement in below if not without & bound_by(statement)]
    except RecursionError:
        return ""
    lines, numbers = source.split("\n"), {n for one in kept for n in range(_first_line(one), _last_line(one) + 1)}
    return "\n".join(text if n in numbers else "#" for n, text in enumerate(lines, 1)) if kept else ""


def bound_from(source: str, line: int) -> frozenset[str]:
    """The names that the statement of a cell in a line, and those below it, bind at its top level."""
    tree = tree_of(source)
    try:
        return frozenset() if tree is None else bound_by(*(one for one in tree.body if _last_line(one) >= line))
    except RecursionError:
        return frozenset()


def _first_line(statement: ast.stmt) -> int:
    """Where it begins, decorators among it."""
    return min([statement.lineno, *(one.lineno for one in getattr(statement, "decorator_list", ()))])


def _last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def _defining(statements: Iterable[ast.stmt], computed: bool) -> Iterator[ast.stmt]:
    kept = (*_DEFINITIONS, *_IMPORTS, *(_ASSIGNMENTS if computed else ()))
    for statement in statements:
        if isinstance(statement, kept) or _is_constant(statement):
            yield statement
        elif isinstance(statement, ast.If | ast.With | ast.Try):
            yield from _defining(statement.body, computed)


def _is_constant(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _bound(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement binds in the scope that it stands in."""
    waiting: list[ast.AST] = [statement]  # no recursion, which would pass each name up through all levels
    while waiting:
        node = waiting.pop()
        if isinstance(node, _DEFINITIONS):
            yield node.name
        elif isinstance(node, _IMPORTS):
            yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        if not isinstance(node, _SCOPES):
            waiting.extend(ast.iter_child_nodes(node))
