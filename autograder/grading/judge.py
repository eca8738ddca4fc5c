"""What a judge is: it says how submissions are judged, and enters what came of them. Where, an `Executor` says.

A run asks (`run`); one process enters (`coordinator`); others judge, here (`local_pool`) or elsewhere (`dask`).
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import Words

LOG = "grading.log"

Job = Submission | Refusal


class CrashedError(Exception):
    """A submission ended the processes that were to judge it; the message says how."""


@dataclass(frozen=True)
class Graded:
    """What came of a job.

    Attributes:
        job: which.
        rows: its results.
        reason: why it, or one of its attempts, could not be graded, or "".
        cpu_seconds: what its own code took; 0 where that is not measured.
        judged: how many exercises were judged; what was known of an earlier run was not.
    """

    job: Job
    rows: list[ExerciseResult]
    reason: str = ""
    cpu_seconds: float = 0.0
    judged: int = 0


class Plan(Protocol):
    """What is to be done with a submission."""

    @property
    def submission(self) -> Submission:
        """Which."""

    @property
    def tasks(self) -> Mapping[str, Any]:
        """What is to be judged of it, by a name of the judge's; what of it is known needs none."""


class Judge(Protocol):
    """How submissions are judged.

    Attributes:
        name: for the record of a run.
        isolation: how it keeps submissions apart from everything else.
    """

    name: str
    isolation: str

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """Those that an earlier run has graded as they are; called in the process that asks for the run."""

    def start(self, log: Path) -> None:
        """Get the process that enters ready; whatever it, and those that it forks, have to say goes to the file."""

    def opened(self, root: Path, lesson: str, solution: Path) -> AbstractContextManager[Any]:
        """In the process that enters: make `root` ready for a lesson, given by its solution notebook.

        It gives what `judging` is to know of that.
        """

    def plan(self, submission: Submission, root: Path) -> Any:
        """In the process that enters: say what is to be judged, a `Plan`. Tasks travel, so they are plain data."""

    def judging(
        self, root: Path, lesson: str, opened: Callable[[], Any]
    ) -> AbstractContextManager[Callable[[Any], Any]]:
        """In a process that judges, or forks those that do: get all ready that is needed for it.

        It begins while `root` is made ready; `opened` waits for that, and says what `opened` gave. It gives what makes
        an answer of a task, as plain data too; that raises UnreadableError, or GradingError where it could not.
        """

    def enter(self, plan: Any, answers: Mapping[str, Any], root: Path) -> Graded:
        """In the process that enters: write down what was judged of a plan of its own, by the names of the tasks.

        An answer is what judging gave, or the UnreadableError that it raised. The attempt that counts lies in
        submitted/<student>/<lesson>/ of `root` then. One process alone writes verdicts, so nobody waits for the disk.

        Raises:
            UnreadableError: none of its notebooks can be read.
        """

    def refuse(
        self, student: str, lesson: str, reason: Words, root: Path, status: Status = Status.UNREADABLE
    ) -> list[ExerciseResult]:
        """As `enter`, that there are no verdicts: every exercise has this status."""
