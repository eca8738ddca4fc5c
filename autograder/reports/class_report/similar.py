"""Pairs of students who share answers that few others gave: a list to look at, which proves nothing.

Answers are compared without comments, docstrings, annotations, whitespace and names. Short answers are alike by nature,
so a shared one counts only where few of the class gave it, and a pair is listed only where it shares more of those
than chance would give to any pair of the class.
"""

import ast
import hashlib
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson, without_magics
from autograder.reports.class_report.records import Answer

LONGEST_ANSWER = 20_000  # characters that are compared, of an answer that has a thousand
LEAST_SHARED = 3  # rare answers
RARE = 0.05  # of the class that tried, or two students
EXPECTED = 0.05  # pairs that chance may give in such a class

_NAMED = {"id": (ast.Name,), "arg": (ast.arg,), "name": (ast.FunctionDef, ast.ClassDef, ast.ExceptHandler)}

Groups = Mapping[str, Sequence[Answer]]  # form -> the answers that have it


@dataclass(frozen=True)
class Shared:
    """An answer that both of a pair gave.

    Attributes:
        lesson, exercise: to what.
        given, tried: by how many students, of how many.
        codes: as the first and as the second wrote it.
    """

    lesson: str
    exercise: str
    given: int
    tried: int
    codes: tuple[str, str]


@dataclass(frozen=True)
class Pair:
    """Two students with more rare answers in common than chance would give.

    Attributes:
        students: who.
        shared: the answers.
        expected: how many pairs of such a class would share as many by chance.
    """

    students: tuple[str, str]
    shared: tuple[Shared, ...]
    expected: float


def similar_pairs(answers: Sequence[Answer]) -> list[Pair]:
    """The pairs to look at, those with the most in common first."""
    common: dict[tuple[str, str], list[Shared]] = defaultdict(list)
    rates = []
    for groups in _forms(answers).values():
        tried = sum(map(len, groups.values()))
        found = list(_rare(groups, tried))
        rates.append(len(found) / max(1, math.comb(tried, 2)))
        for students, shared in found:
            common[students].append(shared)
    in_class = math.comb(len({answer.student for answer in answers}), 2)
    pairs = [
        Pair(students, tuple(shared), in_class * _chance_of_at_least(len(shared), rates))
        for students, shared in common.items()
    ]
    listed = [pair for pair in pairs if len(pair.shared) >= LEAST_SHARED and pair.expected < EXPECTED]
    return sorted(listed, key=lambda pair: (-len(pair.shared), pair.students))


def _rare(groups: Groups, tried: int) -> Iterator[tuple[tuple[str, str], Shared]]:
    """The pairs who share an answer that few gave, and that answer."""
    for form, group in groups.items():
        if form and len(group) <= max(2, RARE * tried):
            for one, other in combinations(group, 2):
                shared = Shared(one.lesson, one.exercise, len(group), tried, (one.code, other.code))
                yield (one.student, other.student), shared


def _forms(answers: Sequence[Answer]) -> Mapping[tuple[str, str], Groups]:
    """By exercise, its answers by form; "" holds those that cannot be compared, and the course's own solution."""
    found: dict[tuple[str, str], dict[str, list[Answer]]] = defaultdict(lambda: defaultdict(list))
    for answer in sorted(answers, key=lambda answer: answer.student):
        if answer.tried:
            form = form_of(answer.code)
            known = form == _solutions(answer.lesson)[answer.exercise]
            found[answer.lesson, answer.exercise]["" if known else form].append(answer)
    return found


@cache
def _solutions(lesson: str) -> dict[str, str]:
    """The form of the course's own answers."""
    exercises = read_lesson(find_lesson(lesson).source).exercises
    return {name: form_of(cell.source) for name, cell in exercises.items()}


def form_of(source: str) -> str:
    """A hash of what is left of an answer without comments, docstrings, annotations and names.

    It is "" where that is no Python, or longer than anybody writes.
    """
    if len(source) > LONGEST_ANSWER:
        return ""
    try:
        tree = ast.parse(without_magics(source))
        for node in ast.walk(tree):
            _strip(node)
        numbers: dict[str, str] = {}
        for node in ast.walk(tree):
            _number(node, numbers)
        return hashlib.sha256(ast.dump(tree, annotate_fields=False).encode("utf-8", "surrogatepass")).hexdigest()
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


def _strip(node: ast.AST) -> None:
    """Take out what is for readers."""
    if isinstance(node, ast.arg):
        node.annotation = None
    if isinstance(node, ast.FunctionDef):
        node.returns = None
    body = getattr(node, "body", None)
    if isinstance(body, list):
        body[:] = [one for one in body if not _is_text(one)]


def _number(node: ast.AST, numbers: dict[str, str]) -> None:
    """Put a number, by the order of appearance, in place of a name."""
    for field, kinds in _NAMED.items():
        if isinstance(node, kinds) and getattr(node, field):
            setattr(node, field, numbers.setdefault(getattr(node, field), str(len(numbers))))


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _chance_of_at_least(count: int, rates: Sequence[float]) -> float:
    """How likely at least `count` of independent events happen, each with its own probability."""
    chances = [1.0]  # of none, one, two, ... so far
    for rate in rates:
        stay, come = [*chances, 0.0], [0.0, *chances]
        chances = [without * (1 - rate) + with_it * rate for without, with_it in zip(stay, come, strict=True)]
    return sum(chances[count:])
