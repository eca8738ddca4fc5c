"""Which names a cell binds and uses, by its syntax tree. Nothing of the cell runs.

A cell that is no Python, or nested deeper than Python's own tools follow, binds and uses nothing.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import lru_cache

from autograder.course.source import without_magics

LONGEST_SOURCE = 200_000  # characters that are parsed; nobody writes more by hand

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_IMPORTS = (ast.Import, ast.ImportFrom)
_SCOPES = (*_DEFINITIONS, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


@lru_cache(maxsize=512)
def tree_of(source: str) -> ast.Module | None:
    """The tree of a cell, lines for IPython left out; None where it is no Python."""
    if len(source) > LONGEST_SOURCE:
        return None
    try:
        return ast.parse(without_magics(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


@lru_cache(maxsize=4096)
def bound_names(source: str) -> frozenset[str]:
    """The names that a cell binds at its top level: definitions, imports and assignments."""
    tree = tree_of(source)
    try:
        return frozenset() if tree is None else bound_by(*tree.body)
    except RecursionError:
        return frozenset()


@lru_cache(maxsize=4096)
def used_names(source: str) -> frozenset[str]:
    """The names that a cell reads, in its functions too."""
    tree = tree_of(source)
    return frozenset() if tree is None else used_by(tree)


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


def definitions(source: str, known: Iterable[str] = ()) -> str:
    """Only the imports, functions, classes and constants of a cell, those of its `if` and `with` blocks too.

    Args:
        source: the cell.
        known: names that are bound elsewhere; what binds one of them is left out.
    """
    tree, known = tree_of(source), set(known)
    if tree is None:
        return ""
    try:
        found = [node for node in _defining(tree.body) if not known & set(_bound(node))]
        return "\n".join(ast.unparse(node) for node in found)
    except RecursionError:
        return ""


def _defining(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in statements:
        if isinstance(statement, (*_DEFINITIONS, *_IMPORTS)) or _is_constant(statement):
            yield statement
        elif isinstance(statement, ast.If | ast.With | ast.Try):
            yield from _defining(statement.body)


def _is_constant(statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
        return False
    try:
        ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _bound(node: ast.AST) -> Iterator[str]:
    """The names that a statement binds in the scope that it stands in."""
    if isinstance(node, _DEFINITIONS):
        yield node.name
    elif isinstance(node, _IMPORTS):
        yield from ((alias.asname or alias.name).split(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        yield node.id
    if not isinstance(node, _SCOPES):
        for child in ast.iter_child_nodes(node):
            yield from _bound(child)
