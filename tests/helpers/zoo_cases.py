"""The answers of both zoos, and the verdict that a check gives one of them, here or over a wire."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch

import autograder
from autograder.checks.framework.check import Verdict
from autograder.checks.framework.trial import FreshCase, RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_answer
from autograder.checks.registry import find_check
from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import read_lesson
from autograder.subjects.cells import run_cells
from autograder.subjects.subject import LocalSubject, Subject

ZOO = Path(autograder.__file__).parent / "checks/zoo"


@dataclass(frozen=True)
class Animal:
    """One answer of the zoo."""

    path: Path

    @property
    def exercise(self) -> str:
        return self.path.parent.name

    @property
    def lesson(self):
        return next(lesson for lesson in all_lessons() if lesson.slug == self.path.parent.parent.name)

    @property
    def cells(self) -> list[str]:
        return [*setup_cells(self.lesson), self.path.read_text(encoding="utf-8")]

    def declared(self, field: str) -> str:
        return re.search(rf"^# {field}: (\S+)$", self.path.read_text(encoding="utf-8"), re.MULTILINE).group(1)


@cache
def setup_cells(lesson: Lesson) -> list[str]:
    return [cell.source for cell in read_lesson(lesson.source).setup_cells]


ANIMALS = [Animal(path) for path in sorted(ZOO.glob("*/*/*.py"))]
WRONG = [animal for animal in ANIMALS if animal.path.name.startswith("wrong_")]
RIGHT = [animal for animal in ANIMALS if animal.path.name.startswith("right_")]


def name(animal: Animal) -> str:
    return f"{animal.exercise}/{animal.path.stem}"


def local(animal: Animal) -> Subject:
    # its cells have the names of these: run after them, it would hide their lines
    reference_answer(animal.lesson, animal.exercise)
    namespace = {"__name__": "zoo"}
    run_cells(animal.cells, namespace)
    return LocalSubject(namespace[find_check(animal.exercise).defines])


def verdict(animal: Animal, subject: Subject, seed: int | None) -> Verdict:
    """On fresh inputs drawn with a seed, or on the recorded case."""
    check = find_check(animal.exercise)
    if seed is None:
        return check.run(Trial(subject, RecordedCase(recorded_values(animal.exercise))))
    reference = LocalSubject(reference_answer(animal.lesson, animal.exercise))
    return check.run(Trial(subject, FreshCase(), reference, torch.Generator().manual_seed(seed)))
