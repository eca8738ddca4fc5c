"""Which names a place of an exercise could use in place of another."""

import ast
from dataclasses import dataclass
from typing import Any

TOKENS = ("PAD", "START", "END", "UNKNOWN")


@dataclass(frozen=True)
class Scope:
    """Names that have a value at a place.

    Attributes:
        names: of arguments, and of what the lines above give a value.
        parts: what the methods read of `self`.
    """

    names: tuple[str, ...]
    parts: tuple[str, ...]


def scope_of(tree: ast.AST, node: Any) -> Scope:
    """The scope of a node, by the lines above it."""
    functions = [one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.Lambda) and _holds(one, node)]
    names: dict[str, None] = {}
    for function in functions:
        arguments = function.args
        for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
            names[argument.arg] = None
        for one in ast.walk(function):
            if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store) and _is_known(function, one, node):
                names[one.id] = None
    parts = {one.attr: None for one in ast.walk(tree) if _is_part(one)}
    return Scope(tuple(name for name in names if name not in ("self", "_")), tuple(parts))


def _is_known(function: ast.AST, stored: ast.Name, node: Any) -> bool:
    """Whether a name has its value: from a line above, or inside the comprehension that gives it."""
    for one in ast.walk(function):
        if isinstance(one, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and _holds(one, stored):
            return _holds(one, node)
    return stored.lineno < node.lineno


def _is_part(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self"


def _holds(outer: Any, inner: Any) -> bool:
    start, end = (outer.lineno, outer.col_offset), (outer.end_lineno, outer.end_col_offset)
    return start <= (inner.lineno, inner.col_offset) and (inner.end_lineno, inner.end_col_offset) <= end
