"""The processes that grade: whatever happens to one, each submission has a result, and none outlives the run."""

import os
import time
from functools import partial
from pathlib import Path

import grading_cases as cases
import pytest
from worker_cases import TellingJudge

from autograder.errors import GradingError
from autograder.grading.coordinator import Coordinator
from autograder.grading.judge import Graded
from autograder.grading.local_pool import LocalPool
from autograder.submissions.find import Refusal, Submission

LESSON = cases.LESSON
PLACE = partial(LocalPool, count=2)


def jobs(folder: Path, *students: str) -> list[Submission]:
    return [Submission(name, LESSON, cases.hand_in(folder / "class", name, cases.RELEASE)) for name in students]


def graded(folder: Path, *students: str, judge: TellingJudge | None = None) -> dict[str, Graded]:
    with Coordinator(judge or TellingJudge(), PLACE, folder) as coordinator:
        return {one.job.student: one for one in coordinator.grade_all({LESSON: Path()}, jobs(folder, *students))}


def test_a_killed_worker_costs_its_submission_alone(tmp_path):
    found = graded(tmp_path, "a", "kills", "b", "c", "d")
    assert {name: one.rows[0].status for name, one in found.items()} == {
        **dict.fromkeys("abcd", "passed"),
        "kills": "crashed",
    }
    assert found["kills"].reason == "it ended the process that grades"


def test_errors_of_one_submission_are_told(tmp_path):
    found = graded(tmp_path, "a", "refuses", "raises")
    assert (found["a"].reason, found["a"].cpu_seconds) == ("", 0.25)
    assert found["refuses"].reason == "telling could not grade it: not this one"
    assert "ValueError: something else" in found["raises"].reason


def test_refusals_are_recorded(tmp_path):
    refusal = Refusal("a/b", "is empty", "a", LESSON)
    with Coordinator(TellingJudge(), PLACE, tmp_path) as coordinator:
        [found] = coordinator.grade_all({LESSON: Path()}, [refusal])
    assert (found.job, found.reason, found.rows[0].reason) == (refusal, "is empty", "is empty")


@pytest.mark.parametrize("step", ["opening", "preparing"])
@pytest.mark.parametrize(
    ("happens", "told"),
    [("kills", "was ended"), ("refuses", "not this one"), ("raises", r"cannot be prepared \(ValueError: something")],
)
def test_where_nothing_can_be_graded_the_reason_is_raised(step, happens, told, tmp_path):
    with pytest.raises(GradingError, match=told):
        graded(tmp_path, "a", judge=TellingJudge(**{step: happens}))


def test_no_process_outlives_a_run_that_is_stopped(tmp_path):
    with Coordinator(TellingJudge(), PLACE, tmp_path) as coordinator:
        found = coordinator.grade_all({LESSON: Path()}, jobs(tmp_path, "a", "b", "sleeps"))
        next(found), next(found)
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    deadline = time.monotonic() + 10
    while any(map(runs, workers)) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert workers
    assert not any(map(runs, workers))


def runs(pid: int) -> bool:
    try:
        return os.getpgid(pid) > 0 and "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
