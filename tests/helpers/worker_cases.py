"""A judge that judges nothing: the name of a student says what happens."""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from autograder.errors import GradingError
from autograder.grading.judge import Graded
from autograder.results.grades import ExerciseResult
from autograder.submissions.find import Submission


class TellingJudge:
    """Does as students are named; `opening` and `preparing` say what happens before any worker is there.

    `score` is what all get.
    """

    name, isolation = "telling", "none"

    def __init__(self, opening: str = "", preparing: str = "", score: float = 1.0):
        self.opening, self.preparing, self.score = opening, preparing, score

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        return {}

    def start(self, log: Path) -> None:
        pass

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[None]:
        _act(self.opening)
        yield

    def plan(self, submission: Submission, root: Path) -> "Plan":
        return Plan(submission)

    @contextmanager
    def judging(self, root: Path, lesson: str, opened: Callable[[], None]) -> Iterator[Callable[[str], float]]:
        opened()
        _act(self.preparing)
        yield partial(_judge, root)

    def enter(self, plan: "Plan", answers: Mapping[str, float], root: Path) -> Graded:
        submission = plan.submission
        row = ExerciseResult(submission.student, submission.lesson, "any", self.score, 1, "passed")
        return Graded(submission, [row], cpu_seconds=answers["all"])

    def refuse(
        self, student: str, lesson: str, reason: str, root: Path, status: str = "unreadable"
    ) -> list[ExerciseResult]:
        return [ExerciseResult(student, lesson, "any", 0, 1, status, reason)]


@dataclass(frozen=True)
class Plan:
    """One task: the student's name."""

    submission: Submission

    @property
    def tasks(self) -> dict[str, str]:
        return {"all": self.submission.student}


def _judge(root: Path, student: str) -> float:
    (root / f"{os.getpid()}.pid").touch()
    _act(student)
    return 0.25


def _act(name: str) -> None:
    if name == "kills":
        os.kill(os.getpid(), signal.SIGKILL)
    if name == "sleeps":
        time.sleep(600)
    if name == "refuses":
        raise GradingError("not this one")
    if name == "fills the disk":
        raise OSError(errno.ENOSPC, "No space left on device")
    if name == "raises":
        raise ValueError("something else")
