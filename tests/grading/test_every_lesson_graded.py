"""Both grading engines on every lesson after the first, which has tests of its own in `test_sandbox_judge`.

Both zoos are handed in as notebooks, each with one animal of every exercise.
"""

import shutil
from pathlib import Path

import grading_cases as cases
import judge_cases
import pytest
from class_cases import Zoo

from autograder.course import settings
from autograder.course.lessons import all_lessons
from autograder.grading import run
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.sandbox.inside.limits import Limits

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

LIMITS = Limits(exercise_seconds=5.0, submission_seconds=40.0, wall_factor=6.0)
BY_STOCK = 3  # how many notebooks of each zoo stock nbgrader grades too, at four seconds each


def hand_in(zoo: Zoo, folder: Path) -> None:
    """A class in which every animal occurs."""
    cases.hand_in(folder, "solved", zoo.answered(zoo.answers), zoo.slug)
    cases.hand_in(folder, "unsolved", zoo.released, zoo.slug)
    for kind in ("right", "wrong"):
        for number, animals in enumerate(zoo.herds(f"{kind}_*.py")):
            cases.hand_in(folder, f"{kind} {number:02}", zoo.herd(animals), zoo.slug)


class Graded:
    """What an engine said of a lesson's class."""

    def __init__(self, zoo: Zoo, done: run.ClassRun):
        self.zoo = zoo
        self.rows = {(row.student, row.exercise): row for row in done.results if row.exercise in zoo.answers}

    def scores(self, student: str) -> dict[str, float]:
        return {exercise: self.rows[student, exercise].score for exercise in self.zoo.answers}


@pytest.fixture(scope="module", params=[lesson.slug for lesson in all_lessons()[1:]])
def zoo(request) -> Zoo:
    return Zoo(request.param)


@pytest.fixture(scope="module")
def handed_in(zoo, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("class") / "handed in"
    hand_in(zoo, folder)
    return folder


@pytest.fixture(scope="module")
def graded(zoo, handed_in, sandbox_or_skip) -> Graded:
    return Graded(zoo, cases.grade(handed_in, handed_in.parent / "grades", judge=SandboxJudge(limits=LIMITS)))


def test_solved_gets_all_points_and_unsolved_none(zoo, graded):
    full = {exercise: settings.points(zoo.slug, exercise) for exercise in zoo.answers}
    assert graded.scores("solved") == full
    assert graded.scores("unsolved") == dict.fromkeys(zoo.answers, 0.0)
    assert {graded.rows["unsolved", exercise].status for exercise in zoo.answers} == {"not_attempted"}


def test_right_variants_pass(zoo, graded):
    for number, animals in enumerate(zoo.herds("right_*.py")):
        found = {path.stem: graded.rows[f"right {number:02}", exercise] for exercise, path in animals.items()}
        assert {name: row.reason for name, row in found.items() if row.status != "passed"} == {}


def test_wrong_answers_fail_at_their_own_stage_for_their_own_cause(zoo, graded):
    for number, animals in enumerate(zoo.herds("wrong_*.py")):
        for exercise, path in animals.items():
            row = graded.rows[f"wrong {number:02}", exercise]
            assert row.score == 0, path
            assert judge_cases.expected_reason(path)[:290] in row.reason, path


def test_stock_nbgrader_gives_the_same_scores(zoo, handed_in, graded, tmp_path):
    students = ["solved", "unsolved"]
    for kind in ("right", "wrong"):
        students += sorted(path.name for path in handed_in.glob(f"{kind} *"))[:BY_STOCK]
    for student in students:
        shutil.copytree(handed_in / student, tmp_path / "in" / student)
    stock = Graded(zoo, cases.grade(tmp_path / "in", tmp_path / "grades", isolation="none"))
    for student in students:
        assert stock.scores(student) == graded.scores(student), student
