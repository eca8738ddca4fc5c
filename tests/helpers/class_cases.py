"""Classes of any size whose verdicts are known beforehand: notebooks of answers from both zoos, some of them broken.

`hand_in_class` writes one; the same arguments give the same bytes.
"""

import copy
import json
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import grading_cases as cases
import nbformat
from judge_cases import ZOO
from nbformat import NotebookNode

from autograder.checks.registry import find_check
from autograder.course.lessons import all_lessons, find_lesson

CRASH, HANG = "import os\nos._exit(1)", "while True:\n    pass"
_BY_CAUSE = {"raised": "error", "lost": "timeout"}  # a wrong answer with another cause has failed
_KINDS = {"solution": 8, "right": 4, "wrong": 8, "stub": 3, "crash": 0.2}  # of an answer, with their weights
_CUT_OFF, _HANGING = 0.03, 0.004  # shares of the notebooks

Statuses = dict[tuple[str, str, str], str]


@dataclass(frozen=True)
class Zoo:
    """A lesson's notebooks, and the answers of its zoos."""

    slug: str

    @cached_property
    def released(self) -> NotebookNode:
        return nbformat.read(find_lesson(self.slug).release_notebook, as_version=4)

    @cached_property
    def answers(self) -> dict[str, str]:
        """The solution's cells of all exercises with a check; a written answer has none."""
        solution = nbformat.read(find_lesson(self.slug).solution_notebook, as_version=4)
        marked = cases.marked(solution)
        return {name: cell.source for name, cell in marked.items() if f"check-{name}" in marked}

    @cached_property
    def written(self) -> list[str]:
        """What a person grades."""
        names = (name for name in cases.marked(self.released) if not name.startswith("check-"))
        return [name for name in names if name not in self.answers]

    def animals(self, exercise: str, pattern: str) -> list[Path]:
        return sorted((ZOO.parent / self.slug / exercise).glob(pattern))

    def answered(self, answers: dict[str, str]) -> NotebookNode:
        notebook = copy.deepcopy(self.released)
        for exercise, source in answers.items():
            cases.marked(notebook)[exercise].source = source
        return notebook

    def herds(self, pattern: str) -> list[dict[str, Path]]:
        """Animals as notebooks' worth: exercise → file."""
        found = {exercise: self.animals(exercise, pattern) for exercise in self.answers}
        count = max(map(len, found.values()))
        return [{e: paths[n] for e, paths in found.items() if n < len(paths)} for n in range(count)]

    def herd(self, animals: dict[str, Path]) -> NotebookNode:
        return self.answered({exercise: path.read_text(encoding="utf-8") for exercise, path in animals.items()})


zoo_of = cache(Zoo)


def hand_in_class(folder: Path, students: int, lessons: Sequence[str] = (), seed: int = 1) -> Statuses:
    """Write a class in which every student hands in every lesson.

    Args:
        folder: SUBMISSIONS, made here.
        lessons: slugs; all lessons if none is named.

    Returns:
        The status to expect by student, lesson and exercise (or written answer).
    """
    found: Statuses = {}
    for number in range(students):
        for lesson in lessons or [lesson.slug for lesson in all_lessons()]:
            student = f"student{number:04}"
            content, statuses = submission(zoo_of(lesson), random.Random(f"{seed} {student} {lesson}"))
            cases.hand_in(folder, student, content, lesson)
            found |= {(student, lesson, exercise): status for exercise, status in statuses.items()}
    return found


def submission(zoo: Zoo, chance: random.Random) -> tuple[str, dict[str, str]]:
    """A notebook as text, and the statuses to expect of it."""
    chosen = {exercise: _answer(zoo, exercise, chance) for exercise in zoo.answers}
    if chance.random() < _HANGING:
        chosen[chance.choice(list(chosen))] = HANG, "timeout"
    for name in zoo.written:
        chosen[name] = chance.choice([("Capacity bought little.", "manual"), (None, "not_attempted")])
    notebook = zoo.answered({name: source for name, (source, _) in chosen.items() if source is not None})
    text = json.dumps(notebook)
    if chance.random() < _CUT_OFF:
        return text[: len(text) // 2], dict.fromkeys(chosen, "unreadable")
    return text, {name: status for name, (_, status) in chosen.items()}


def _answer(zoo: Zoo, exercise: str, chance: random.Random) -> tuple[str | None, str]:
    """An exercise's cell, None where it stays as it was given, and the status that it deserves."""
    [kind] = chance.choices(list(_KINDS), _KINDS.values())
    if kind in ("right", "wrong"):
        return _animal(chance.choice(zoo.animals(exercise, f"{kind}_*.py")))
    others = {
        "solution": (zoo.answers[exercise], "passed"),
        "stub": (None, "not_attempted"),
        "crash": (CRASH, "crashed"),
    }
    return others[kind]


@cache
def _animal(path: Path) -> tuple[str, str]:
    text = path.read_text(encoding="utf-8")
    if path.name.startswith("right_"):
        return text, "passed"
    cause = re.search(r"^# cause: (\S+)$", text, re.MULTILINE)[1]
    return text, "error" if cause in find_check(path.parent.name).signs else _BY_CAUSE.get(cause, "failed")
