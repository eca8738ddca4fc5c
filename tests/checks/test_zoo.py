"""Each known wrong answer fails at its own stage for its own cause, each right variant passes; on both subjects."""

import subprocess
import sys
from collections import Counter

import pytest
import zoo_cases as zoo
from worker_process import WorkerProcess

from autograder.checks.registry import checks_of, find_check
from autograder.course.lessons import all_lessons

# a learner's warnings are not errors
pytestmark = pytest.mark.filterwarnings("default")

ENOUGH = 100  # tolerances by which a known mistake must differ


@pytest.fixture(scope="module")
def worker():
    process = WorkerProcess([cell for lesson in all_lessons() for cell in zoo.setup_cells(lesson)])
    yield process
    process.close()


@pytest.mark.parametrize("animal", zoo.WRONG, ids=zoo.name)
def test_wrong_answers_fail_at_their_own_stage_for_their_own_cause(animal):
    for seed in (None, 1, 2, 3, 4, 5):
        found = zoo.verdict(animal, zoo.local(animal), seed)
        assert (found.name, found.cause) == (animal.declared("stage"), animal.declared("cause")), found.text()
        assert found.margin >= ENOUGH, f"differs by {found.margin:.0f} tolerances only"


@pytest.mark.parametrize("animal", zoo.RIGHT, ids=zoo.name)
def test_right_variants_pass(animal):
    for seed in (None, 1, 2, 3, 4, 5):
        found = zoo.verdict(animal, zoo.local(animal), seed)
        assert found.passed, found.text()


@pytest.mark.parametrize("animal", zoo.ANIMALS, ids=zoo.name)
def test_the_wire_gives_the_same_verdict(animal, worker):
    subject = worker.subject(animal.cells, find_check(animal.exercise).defines)
    over_the_wire = zoo.verdict(animal, subject, 7)
    worker.release()
    assert over_the_wire == zoo.verdict(animal, zoo.local(animal), 7)


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_each_exercise_has_both_zoos_and_no_cause_twice(lesson):
    for check in checks_of(lesson.number):
        wrong = [animal for animal in zoo.WRONG if animal.exercise == check.slug]
        causes = Counter(animal.declared("cause") for animal in wrong)
        assert len(wrong) >= 3, check.slug
        assert sum(animal.exercise == check.slug for animal in zoo.RIGHT) >= 2, check.slug
        assert max(causes.values()) == 1, causes


@pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
def test_every_cause_of_a_check_has_its_animal(lesson):
    for check in checks_of(lesson.number):
        shown = {animal.declared("cause") for animal in zoo.WRONG if animal.exercise == check.slug}
        assert set(check.causes) <= shown, f"{check.slug}: {set(check.causes) - shown}"


def test_judging_loads_no_figures_until_they_are_used():
    code = """
import sys
from autograder.course.lessons import find_lesson
from autograder.checks.reference import reference_namespace
figures = reference_namespace(find_lesson("03_attention"))["figures"]
print("matplotlib" in sys.modules)
figures.use_course_style()
print("matplotlib" in sys.modules)
from lessons.toolkit.figures import common
from lessons.toolkit.figures.common import use_course_style
print(common.use_course_style is use_course_style is figures.use_course_style)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
