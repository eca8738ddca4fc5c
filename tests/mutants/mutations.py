"""Mutates the reference solutions: each mutant is an exercise's code with one slip in it.

A slip changes one place of the tree that Python makes of the code; `expressions` and `statements` know the slips.
A mutant is named by the lines that it changes, as `ast.unparse` writes them, so that a comment or a line break above
changes no name.
"""

import ast
import hashlib
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from expressions import is_checked_only, mark_where_only_shapes_count, other_expressions
from scopes import scope_of
from statements import other_bodies

from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import code_in, read_lesson

Put = Callable[[Any], None]  # writes a value to one place of the tree


@dataclass(frozen=True)
class Mutant:
    """An exercise's code with one slip.

    Attributes:
        lesson, exercise: whose.
        name: the lines as they were and as they are, unique in the exercise.
        code: of the whole cell.
    """

    lesson: Lesson
    exercise: str
    name: str
    code: str

    @property
    def digest(self) -> str:
        """A hash of its code."""
        return hashlib.sha256(self.code.encode()).hexdigest()[:16]


def mutants_of_course(lessons: list[str] | None = None, exercises: list[str] | None = None) -> list[Mutant]:
    """All mutants of the exercises that are named, in the order of the course.

    Args:
        lessons: slugs or their numbers; None for all.
        exercises: slugs; None for all.
    """
    found = []
    for lesson in all_lessons():
        if lessons and not {lesson.slug, lesson.number, str(int(lesson.number))} & set(lessons):
            continue
        for slug, cell in read_lesson(lesson.source).exercises.items():
            if not exercises or slug in exercises:
                found += mutants_of(lesson, slug, cell.source)
    return found


def mutants_of(lesson: Lesson, exercise: str, source: str) -> list[Mutant]:
    """The mutants of one exercise: every one compiles, no two are the same, none is the solution.

    Args:
        lesson, exercise: whose.
        source: of the cell, with the marks around its solution.
    """
    code = "\n".join(code_in(source, "given", "solution"))
    places = [place for place in code_in(source, "given", "solution", "stub", places=True) if place != "stub"]
    inside = {number for number, place in enumerate(places, 1) if place == "solution"}
    original = ast.unparse(ast.parse(code))
    seen, names, found = {original}, Counter(), []
    for mutated in _mutated(code, inside):
        if mutated in seen or not _compiles(mutated):
            continue
        seen.add(mutated)
        name = _name(original, mutated)
        names[name] += 1
        name = name if names[name] == 1 else f"{name} (place {names[name]})"
        found.append(Mutant(lesson, exercise, name, mutated))
    return found


def _mutated(code: str, inside: set[int]) -> Iterator[str]:
    """The code with one slip after another; the tree is as before each time."""
    tree = ast.parse(code)
    for node, put in list(_places(tree)):
        if node.lineno in inside:
            for other in other_expressions(node, scope_of(tree, node)):
                put(other)
                yield ast.unparse(tree)
            put(node)
    for statement in ast.walk(tree):
        for field in ("body", "orelse"):
            body = getattr(statement, field, None)
            if isinstance(body, list) and any(one.lineno in inside for one in body):
                for other in other_bodies(body, inside):
                    setattr(statement, field, other or [ast.Pass()])
                    yield ast.unparse(tree)
                setattr(statement, field, body)


def _places(tree: ast.AST) -> Iterator[tuple[Any, Put]]:
    """Every node that has a line, with what writes another one in its place; statements are not moved here."""
    for parent in ast.walk(tree):
        if is_checked_only(parent):
            continue
        mark_where_only_shapes_count(parent)
        for field, value in ast.iter_fields(parent):
            if field in ("annotation", "returns"):
                continue  # nothing reads them
            if isinstance(value, ast.AST) and hasattr(value, "lineno"):
                yield value, _putter(parent, field)
            elif isinstance(value, list):
                for number, one in enumerate(value):
                    if isinstance(one, ast.AST) and hasattr(one, "lineno"):
                        yield one, _putter_in(value, number)


def _putter(parent: ast.AST, field: str) -> Put:
    return lambda value: setattr(parent, field, value)


def _putter_in(values: list[Any], number: int) -> Put:
    return lambda value: values.__setitem__(number, value)


def _compiles(code: str) -> bool:
    try:
        compile(code, "mutant", "exec")
    except (SyntaxError, ValueError):
        return False
    return True


def _name(original: str, mutated: str) -> str:
    """The lines between the first and the last that differ, as `old → new`."""
    before, after = original.splitlines(), mutated.splitlines()
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    old, new = (_on_one_line(lines[start : len(lines) - end]) for lines in (before, after))
    return f"{old or '(nothing)'} → {new or '(nothing)'}"


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines two texts have in common at their start."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _on_one_line(lines: list[str]) -> str:
    """Lines with their indentation beside one another."""
    return "; ".join(textwrap.dedent("\n".join(lines)).split("\n"))
