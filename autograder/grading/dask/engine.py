"""The sandbox engine whose submissions are judged by the workers of a Dask cluster.

Gradebook, journal and files are written here alone, by the process that asked for the run.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.errors import GradingError
from autograder.grading.coordinator import grade_one
from autograder.grading.engine import CrashedError, Graded, Job, Outcome
from autograder.grading.sandbox_engine import SandboxEngine, require_recorded
from autograder.notebooks.reading import UnreadableError
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import from_data, to_data

if TYPE_CHECKING:
    from autograder.grading.dask.client import Cluster
    from autograder.grading.recorder import Plan
    from autograder.judging.judged import Judged


class ClusterEngine(SandboxEngine):
    """Grades as `SandboxEngine` does, with the workers of a cluster.

    Args:
        scheduler: the address of the cluster's scheduler.
        Others as there.
    """

    name = "cluster"

    def __init__(self, scheduler: str, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._scheduler = scheduler
        self._cluster: Cluster | None = None  # while a lesson is open

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[None]:
        """Make `root` a course root of nbgrader's that knows the lesson, and get the cluster's workers ready.

        Raises:
            GradingError: nbgrader could not, or there is no cluster; the message says why.
        """
        from autograder.grading.dask.client import Cluster

        require_recorded(lesson)
        with super().opened(root, lesson, solution) as opened, Cluster(self._scheduler, opened.assignment) as cluster:
            self._cluster = cluster
            yield

    def grade_each(self, jobs: Sequence[Job], root: Path) -> Iterator[Graded]:
        """What comes of each job, in the order in which they are done."""
        waiting, cases = deque(jobs), {}
        while waiting or cases:
            while waiting and self._cluster.has_room:
                case = self._begin(waiting.popleft(), root)
                cases |= {self._cluster.send(todo): (case, name) for name, todo in case.sending()}
                if case.whole:
                    yield self._end(case, root)
            for number, answer in self._cluster.answers() if cases else ():
                case, name = cases.pop(number)
                case.answers[name] = answer
                if case.whole:
                    yield self._end(case, root)

    def _begin(self, job: Job, root: Path) -> "_Case":
        if isinstance(job, Refusal):
            return _Case(job)
        try:
            return _Case(job, self._recorder.plan(job, self._keys(job, root)))
        except Exception as error:  # told where it is entered, as that of one submission
            return _Case(job, error=error)

    def _end(self, case: "_Case", root: Path) -> Graded:
        return grade_one(self, case.job, root, lambda *_: self._entered_case(case))

    def _entered_case(self, case: "_Case") -> Outcome:
        if case.error is not None:
            raise case.error
        return self._enter(case.plan, {name: _judged(answer) for name, answer in case.answers.items()})


@dataclass
class _Case:
    """A job, what is to be done with it, what has come of its attempts, by name, or why nothing can be done."""

    job: Submission | Refusal
    plan: "Plan | None" = None
    answers: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None

    def sending(self) -> Iterator[tuple[str, bytes]]:
        """What the cluster is to judge; what cannot be read has its answer."""
        for name, todo in self.plan.todo.items() if self.plan else ():
            if isinstance(todo, UnreadableError):
                self.answers[name] = {"unreadable": to_data(todo.told)}
            else:
                yield name, todo.packed()

    @property
    def whole(self) -> bool:
        """Whether all has been answered."""
        return self.plan is None or self.answers.keys() == self.plan.todo.keys()


def _judged(answer: Mapping[str, Any]) -> "Judged | UnreadableError":
    """An engine's answer as what `Recorder` enters.

    Raises:
        CrashedError: it ended what was to judge it, again and again.
        GradingError: the sandbox broke.
    """
    from autograder.judging.judged import Judged

    match answer:
        case {"judged": bytes(data)}:
            return Judged.unpacked(data)
        case {"unreadable": reason}:
            return UnreadableError(from_data(reason))
        case {"crashed": str(reason)}:
            raise CrashedError(reason)
        case {"failed": str(reason)}:
            raise GradingError(reason)
    raise GradingError("a worker gave an answer of another kind")
