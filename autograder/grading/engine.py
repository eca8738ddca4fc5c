"""What an engine is: whatever judges submissions and enters what came of them, in the processes that a run has.

A run asks (`run`); one process writes (`coordinator`); one loads what judges, and forks workers (`local_pool`).
"""

import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import Words

LOG = "grading.log"

Job = Submission | Refusal


class CrashedError(Exception):
    """A submission ended the processes that were to judge it; the message says how."""


class Outcome(NamedTuple):
    """What an engine says of a submission.

    Attributes:
        rows: its results.
        cpu_seconds: what its own code took; 0 where that is not measured.
        unread: which of its attempts could not be read, and why; "" where all could.
        judged: how many exercises were judged; what was known of an earlier run was not.
    """

    rows: list[ExerciseResult]
    cpu_seconds: float = 0.0
    unread: str = ""
    judged: int = 0


@dataclass(frozen=True)
class Graded:
    """What came of a job.

    Attributes:
        job: which.
        rows: its results.
        reason: why it, or one of its attempts, could not be graded, or "".
        cpu_seconds: what its own code took, where that is measured.
        judged: how many exercises were judged.
    """

    job: Job
    rows: list[ExerciseResult]
    reason: str = ""
    cpu_seconds: float = 0.0
    judged: int = 0


class Engine(Protocol):
    """What judges submissions.

    Attributes:
        name: for the record of a run.
        isolation: how it keeps submissions apart from everything else.
    """

    name: str
    isolation: str

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """Those that an earlier run has graded as they are; called in the process that asks for the run."""

    def start(self, log: Path) -> None:
        """Get the process that writes ready; whatever it, and those that it forks, have to say goes to the file."""

    def opened(self, root: Path, lesson: str, solution: Path) -> AbstractContextManager[Any]:
        """In the process that writes: make `root` ready for a lesson, given by its solution notebook.

        It gives what `judging` is to know of that.
        """

    def judging(self, root: Path, lesson: str, opened: Callable[[], Any]) -> AbstractContextManager[None]:
        """In the process that forks workers, inside this: get all ready that they share.

        It begins while `root` is made ready; `opened` waits for that, and says what `opened` gave.
        """

    def judge(self, submission: Submission, root: Path) -> Any:
        """In a worker: find out what is to be entered of a submission. It travels, so it is plain data.

        Raises:
            GradingError: it could not; the message says why.
            UnreadableError: none of its notebooks can be read.
        """

    def enter(self, submission: Submission, root: Path, judged: Any) -> Outcome:
        """In the process that writes: write down what `judge` found.

        The attempt that counts lies in submitted/<student>/<lesson>/ of `root` then. One process alone writes verdicts,
        so no worker waits for the disk, or for another.

        Raises:
            UnreadableError: none of its notebooks can be read.
        """

    def refuse(
        self, student: str, lesson: str, reason: Words, root: Path, status: Status = Status.UNREADABLE
    ) -> list[ExerciseResult]:
        """As `enter`, that there are no verdicts: every exercise has this status."""


@runtime_checkable
class Spreading(Protocol):
    """An engine with workers of its own, elsewhere: it has no `judging` and no `judge`."""

    def grade_each(self, jobs: Sequence[Job], root: Path) -> Iterator[Graded]:
        """What comes of each job, all of the lesson that is open, in the order in which they are done."""


def end_with_parent() -> None:
    """Have the kernel end this process with the thread that started it, where it can."""
    if sys.platform == "linux":
        from autograder.sandbox.inside import kernel

        kernel.libc.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
