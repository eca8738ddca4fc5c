"""The part of some source that a name leads to: what decides whether a change touches an exercise."""

import ast
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from autograder.course.source import without_magics
from autograder.notebooks.python_names import bound_by, used_by


class _Statement(NamedTuple):
    text: str
    bound: frozenset[str]
    used: frozenset[str]


def closure(sources: Iterable[str], roots: Iterable[str]) -> str:
    """All top-level statements that define `roots`, or a name that those use, and so on; in order, without comments.

    A statement that binds no name, such as a call, belongs to every closure. Names in strings are not followed.

    Args:
        sources: modules or cells, which share their names.
        roots: names to begin with.
    """
    statements = [one for source in sources for one in _statements(source)]
    wanted, kept = set(roots), set()
    while new := {n for n, one in enumerate(statements) if n not in kept and _belongs(one, wanted)}:
        kept |= new
        wanted |= {name for n in new for name in statements[n].used}
    return "\n".join(statements[n].text for n in sorted(kept))


@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[_Statement, ...]:
    found = [node for node in ast.parse(without_magics(source)).body if not _is_text(node)]
    return tuple(_Statement(ast.unparse(node), bound_by(node), used_by(node)) for node in found)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _belongs(statement: _Statement, wanted: set[str]) -> bool:
    return not statement.bound or bool(statement.bound & wanted)
