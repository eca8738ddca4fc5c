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
from autograder.course.lessons import all_lessons, find_lesson
from autograder.course.source import read_lesson
from autograder.grading import run
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.sandbox.inside.limits import Limits

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

LIMITS = Limits(exercise_seconds=5.0, submission_seconds=40.0, wall_factor=20.0)
BY_STOCK = 3  # how many notebooks of each zoo stock nbgrader grades too


def hand_in(zoo: Zoo, folder: Path) -> None:
    """A class in which every animal occurs."""
    written = dict.fromkeys(zoo.written, "What I think.")
    cases.hand_in(folder, "solved", zoo.answered(zoo.answers | written), zoo.slug)
    cases.hand_in(folder, "unsolved", zoo.released, zoo.slug)
    for kind in ("right", "wrong"):
        for number, animals in enumerate(zoo.herds(f"{kind}_*.py")):
            cases.hand_in(folder, f"{kind} {number:02}", zoo.herd(animals), zoo.slug)


class Graded:
    """What an engine said of a lesson's class."""

    def __init__(self, zoo: Zoo, done: run.ClassRun):
        self.zoo = zoo
        self.rows = {(row.student, row.exercise): row for row in done.results}

    def scores(self, student: str) -> dict[str, float]:
        return {exercise: self.rows[student, exercise].score for exercise in self.zoo.answers}

    def statuses(self, student: str) -> dict[str, str]:
        return {exercise: self.rows[student, exercise].status for exercise in self.zoo.answers}


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


@pytest.fixture(scope="module")
def stock(zoo, handed_in, kernels) -> Graded:
    """What stock nbgrader says of some of them."""
    students = ["solved", "unsolved"]
    for kind in ("right", "wrong"):
        students += sorted(path.name for path in handed_in.glob(f"{kind} *"))[:BY_STOCK]
    chosen = handed_in.with_name("by stock")
    for student in students:
        shutil.copytree(handed_in / student, chosen / student)
    return Graded(zoo, cases.grade(chosen, handed_in.parent / "grades of stock", isolation="none"))


def test_solved_gets_all_points_and_unsolved_none(zoo, graded):
    full = {exercise: settings.points(zoo.slug, exercise) for exercise in zoo.answers}
    assert graded.scores("solved") == full
    assert graded.scores("unsolved") == dict.fromkeys(zoo.answers, 0.0)
    assert graded.statuses("unsolved") == dict.fromkeys(zoo.answers, "not_attempted")


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


def test_stock_nbgrader_gives_the_same_scores(graded, stock):
    students = {student for student, _ in stock.rows}
    assert len(students) == 2 + 2 * BY_STOCK
    for student in students:
        assert stock.scores(student) == graded.scores(student), student
    for student in ("solved", "unsolved"):
        assert stock.statuses(student) == graded.statuses(student)


def test_a_written_answer_waits_for_a_person_in_both_engines(zoo, graded, stock):
    assert zoo.written == list(read_lesson(find_lesson(zoo.slug).source).written)
    for found in (graded, stock):
        given, untouched = ([found.rows[student, name] for name in zoo.written] for student in ("solved", "unsolved"))
        assert {(row.status, row.score) for row in given} <= {("manual", 0.0)}
        assert {(row.status, row.score) for row in untouched} <= {("not_attempted", 0.0)}
