"""What `autograder grade` is asked for, and the judge and the executor that follow from it."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from autograder.course.settings import COUNTS
from autograder.errors import GradingError
from autograder.grading.coordinator import Place
from autograder.grading.executor import Executor
from autograder.grading.judge import Judge
from autograder.grading.local_pool import LocalPool
from autograder.grading.nbgrader_judge import NbgraderJudge
from autograder.grading.sandbox_judge import SandboxJudge


@dataclass(frozen=True)
class Options:
    """What `autograder grade` is asked for.

    Attributes:
        submissions: the folder with <student>/<lesson>/<lesson>.ipynb; it is read, and closed to other users.
        out: where everything is written; None for `graded` beside `submissions`.
        lessons: the lessons to grade; all if none is named.
        workers: how many submissions at a time; as many as there are processors where it is 0.
        isolation: "bubblewrap" for a sandbox; "none" for nbgrader's own way, without one.
        seed: fixes the fresh cases; without a sandbox there are none, and it is only noted in the record of the run.
        attempts: which of several attempts counts, "newest" or "best"; None for what course.toml says.
        db: the address of the gradebook's database; None for that of the output folder.
        scheduler: the address of a Dask cluster whose workers judge; None for this machine alone.
    """

    submissions: Path
    out: Path | None = None
    lessons: Sequence[str] = ()
    workers: int = 0
    isolation: str = SandboxJudge.isolation
    seed: int | None = None
    attempts: str | None = None
    db: str | None = None
    scheduler: str | None = None

    def judge(self) -> Judge:
        """How submissions are judged.

        Raises:
            GradingError: there is no such way.
        """
        if self.attempts not in (None, *COUNTS):
            raise GradingError(f"--attempts {self.attempts}: there is {' or '.join(COUNTS)}")
        if self.scheduler is not None and self.isolation != SandboxJudge.isolation:
            raise GradingError(f"--scheduler grades in a sandbox; leave --isolation {self.isolation} out")
        if self.isolation == SandboxJudge.isolation:
            return SandboxJudge(self.seed, attempts=self.attempts)
        if self.isolation == NbgraderJudge.isolation:
            return NbgraderJudge(self.attempts)
        offered = f"{SandboxJudge.isolation} or {NbgraderJudge.isolation}"
        raise GradingError(
            f"--isolation {self.isolation}: there is {offered}; `autograder doctor` says what works here"
        )

    def place(self) -> Place:
        """Where submissions are judged.

        Raises:
            GradingError: what that needs is not installed.
        """
        if self.scheduler is None:
            return partial(LocalPool, count=self.workers or os.cpu_count() or 1)
        if find_spec("distributed") is None:
            raise GradingError(
                "--scheduler needs Dask; install it with: python -m pip install 'attention-course[dask]'"
            )
        return partial(_cluster, self.scheduler)


def _cluster(scheduler: str, *_: object) -> Executor:
    from autograder.grading.dask.cluster import Cluster

    return Cluster(scheduler)
