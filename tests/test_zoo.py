"""Each known wrong answer fails at its own stage for its own cause, each right variant passes; on both subjects."""

import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
import torch
from worker_process import WorkerProcess

import autograder
from autograder.checks.framework.check import Verdict
from autograder.checks.framework.trial import FreshCase, RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_answer
from autograder.checks.registry import checks_of, find_check
from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import read_lesson
from autograder.subjects.cells import run_cells
from autograder.subjects.subject import LocalSubject, Subject

# a learner's warnings are not errors
pytestmark = pytest.mark.filterwarnings("default")

ZOO = Path(autograder.__file__).parent / "checks/zoo"
ENOUGH = 100  # tolerances by which a known mistake must differ
SEEDS, MORE_SEEDS = (None, 1, 2), (3, 4, 5)  # None: the recorded case; with more, `make test` alone


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
EXERCISES = sorted({animal.exercise for animal in ANIMALS})


def name(animal: Animal) -> str:
    return f"{animal.exercise}/{animal.path.stem}"


def local(animal: Animal) -> Subject:
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


@pytest.fixture(scope="module")
def worker():
    process = WorkerProcess([cell for lesson in all_lessons() for cell in setup_cells(lesson)])
    yield process
    process.close()


def expect_declared(animal: Animal, seeds: Iterable[int | None]) -> None:
    for seed in seeds:
        found = verdict(animal, local(animal), seed)
        assert (found.name, found.cause) == (animal.declared("stage"), animal.declared("cause")), found.text()
        assert found.margin >= ENOUGH, f"differs by {found.margin:.0f} tolerances only"


def expect_passed(animal: Animal, seeds: Iterable[int | None]) -> None:
    for seed in seeds:
        found = verdict(animal, local(animal), seed)
        assert found.passed, found.text()


@pytest.mark.parametrize("animal", WRONG, ids=name)
def test_wrong_answers_fail_at_their_own_stage_for_their_own_cause(animal):
    expect_declared(animal, SEEDS)


@pytest.mark.parametrize("animal", RIGHT, ids=name)
def test_right_variants_pass(animal):
    expect_passed(animal, SEEDS)


@pytest.mark.long
@pytest.mark.parametrize("exercise", EXERCISES)
def test_all_animals_of_an_exercise_get_their_verdicts_on_more_fresh_inputs(exercise):
    for animals, expect in ((WRONG, expect_declared), (RIGHT, expect_passed)):
        for animal in animals:
            if animal.exercise == exercise:
                expect(animal, MORE_SEEDS)


@pytest.mark.parametrize("animal", ANIMALS, ids=name)
def test_the_wire_gives_the_same_verdict(animal, worker):
    subject = worker.subject(animal.cells, find_check(animal.exercise).defines)
    over_the_wire = verdict(animal, subject, 7)
    worker.release()
    assert over_the_wire == verdict(animal, local(animal), 7)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_each_exercise_has_both_zoos_and_no_cause_twice(lesson):
    for check in checks_of(lesson.number):
        wrong = [animal for animal in WRONG if animal.exercise == check.slug]
        causes = Counter(animal.declared("cause") for animal in wrong)
        assert len(wrong) >= 3, check.slug
        assert sum(animal.exercise == check.slug for animal in RIGHT) >= 2, check.slug
        assert max(causes.values()) == 1, causes


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_every_cause_of_a_check_has_its_animal(lesson):
    for check in checks_of(lesson.number):
        shown = {animal.declared("cause") for animal in WRONG if animal.exercise == check.slug}
        assert set(check.causes) <= shown, f"{check.slug}: {set(check.causes) - shown}"


def test_judging_loads_no_figures_until_they_are_used():
    code = """
import sys
from autograder.course.lessons import find_lesson
from autograder.checks.reference import reference_namespace
figures = reference_namespace(find_lesson("01_seq2seq"))["figures"]
print("matplotlib" in sys.modules)
figures.use_course_style()
print("matplotlib" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True"]
