"""How many lines of each lesson its learner writes, and how many are given.

`python -m autograder.authoring.own_lines` prints them, lesson by lesson and exercise by exercise.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course.lessons import all_lessons
from autograder.course.source import LessonSource, code_in, read_lesson, without_magics

_IMPORTS = (ast.Import, ast.ImportFrom)
_DEFINITIONS = (ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Lines:
    """The lines of a lesson that are code: no blanks, comments, imports, signatures or docstrings.

    Attributes:
        own: exercise → lines of its solution.
        given: line of the source where a code cell begins → lines of it that are given; checks are left out.
    """

    own: dict[str, int]
    given: dict[int, int]

    @property
    def ratio(self) -> float:
        """Given lines for each line of the learner's own."""
        return sum(self.given.values()) / max(sum(self.own.values()), 1)


def count_lines(lesson: LessonSource) -> Lines:
    """The own and the given lines of a lesson."""
    own = {slug: _own(cell.source) for slug, cell in lesson.exercises.items()}
    given = {cell.line: _given(cell.source) for cell in lesson.code_cells if cell.kind != "check"}
    return Lines(own, given)


def _own(source: str) -> int:
    return sum(_is_code(line) for line in code_in(source, "solution"))


def _given(source: str) -> int:
    """Lines outside of solutions; where a definition is all solution, nothing of it counts."""
    lines = without_magics("\n".join(code_in(source, "given", "solution"))).split("\n")
    solution = _solution_lines(source)
    left_out = {number for node in ast.walk(ast.parse("\n".join(lines))) for number in _no_code(node)}
    kept = (line for number, line in enumerate(lines, 1) if number not in left_out | solution)
    return sum(map(_is_code, kept))


def _solution_lines(source: str) -> set[int]:
    """The numbers of the solution's lines in a source without markers."""
    places = code_in(source, "given", "solution", places=True)
    return {number for number, place in enumerate(places, 1) if place == "solution"}


def _no_code(node: ast.AST) -> Iterator[int]:
    """The lines of an import, of a signature, and of a docstring."""
    if isinstance(node, _IMPORTS):
        yield from range(node.lineno, _end(node))
    if isinstance(node, _DEFINITIONS):
        first, body = min([node.lineno, *(one.lineno for one in node.decorator_list)]), node.body[0]
        yield from range(first, body.lineno)
        if ast.get_docstring(node) is not None:
            yield from range(body.lineno, _end(body))


def _end(node: ast.stmt) -> int:
    """The line after a statement."""
    return (node.end_lineno or node.lineno) + 1


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.strip().startswith("#")


def main() -> None:
    """Print the counts of all lessons."""
    total = 0
    for lesson in all_lessons():
        lines = count_lines(read_lesson(lesson.source))
        own = sum(lines.own.values())
        total += own
        long = ", ".join(f"{count} (line {line})" for line, count in lines.given.items() if count > 15)
        print(f"{lesson.slug}: {own} own, {sum(lines.given.values())} given, {lines.ratio:.1f} given for each own line")
        print("  " + ", ".join(f"{slug} {count}" for slug, count in lines.own.items()))
        print(f"  given cells of more than 15 lines: {long or 'none'}")
    print(f"{total} own lines in all")


if __name__ == "__main__":
    main()
