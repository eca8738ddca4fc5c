"""The part of some source that a name leads to: what decides whether a change touches an exercise."""

import ast
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from autograder.course.source import without_magics
from autograder.notebooks.python_names import bound_by, used_by

_EARLIER = "lessons.earlier.lesson_"


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


def earlier_parts(source: str, folder: Path) -> list[str]:
    """What a source imports from the modules of earlier lessons, and what that needs of those before them.

    Args:
        source: a module or cells.
        folder: where `lesson_01.py` and so on lie.
    """
    found: list[str] = []
    waiting, seen = [source], set()
    while waiting:
        for module, names in _imported_from_earlier(waiting.pop()):
            if (module, names) not in seen:
                seen.add((module, names))
                part = closure([(folder / f"{module}.py").read_text(encoding="utf-8")], names)
                found.append(part)
                waiting.append(part)
    return sorted(found)


def _imported_from_earlier(source: str) -> list[tuple[str, frozenset[str]]]:
    nodes = (node for node in ast.parse(without_magics(source)).body if isinstance(node, ast.ImportFrom))
    return [
        (node.module.rpartition(".")[2], frozenset(alias.name for alias in node.names))
        for node in nodes
        if node.module and node.module.startswith(_EARLIER)
    ]


@lru_cache(maxsize=256)
def _statements(source: str) -> tuple[_Statement, ...]:
    found = [node for node in ast.parse(without_magics(source)).body if not _is_text(node)]
    return tuple(_Statement(ast.unparse(node), bound_by(node), used_by(node)) for node in found)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _belongs(statement: _Statement, wanted: set[str]) -> bool:
    return not statement.bound or bool(statement.bound & wanted)
