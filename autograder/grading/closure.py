"""The part of some source that a name leads to: what decides whether a change touches an exercise."""

import ast
from collections.abc import Iterable
from functools import lru_cache

from autograder.grading.names import bound_names, used_names
from autograder.lesson_source import without_magics


def closure(sources: Iterable[str], roots: Iterable[str]) -> str:
    """All top-level statements that define `roots`, or a name that those use, and so on; in order, without comments.

    A statement that binds no name, such as a call, belongs to every closure. Names in strings are not followed.

    Args:
        sources: modules or cells, which share their names.
        roots: names to begin with.
    """
    statements = [text for source in sources for text in _statements(source)]
    wanted, kept = set(roots), set()
    while new := {n for n, text in enumerate(statements) if n not in kept and _belongs(text, wanted)}:
        kept |= new
        wanted |= {name for n in new for name in used_names(statements[n])}
    return "\n".join(statements[n] for n in sorted(kept))


@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[str, ...]:
    found = [node for node in ast.parse(without_magics(source)).body if not _is_text(node)]
    return tuple(ast.unparse(node) for node in found)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _belongs(statement: str, wanted: set[str]) -> bool:
    bound = bound_names(statement)
    return not bound or bool(bound & wanted)
