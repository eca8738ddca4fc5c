"""The grading engine whose submissions run in a sandbox; verdicts are made outside, see `judging`.

Importing this module loads neither torch nor nbgrader: a run that finds everything in the journal needs no torch.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.course import CourseError
from autograder.grading import course_root, journal
from autograder.grading.fresh import key_of
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import Submission
from autograder.sandbox.limits import Limits
from autograder.sandbox.warm import SandboxError, WarmServer

if TYPE_CHECKING:
    from autograder.grading.desk import Desk

ISOLATION = "bubblewrap"


def course_limits() -> Limits:
    """What course.toml allows a submission."""
    found = course.settings()["limits"]
    return Limits(float(found["seconds_per_exercise"]), float(found["seconds_per_submission"]))


class SandboxEngine:
    """Grades in a sandbox; all workers have one warm process fork for them.

    Args:
        seed: fixes the fresh cases; None for those of the output folder's secret.
        limits: what a submission may use; None for what course.toml says.
    """

    name = "sandbox"
    isolation = ISOLATION

    def __init__(self, seed: int | None = None, limits: Limits | None = None):
        self.seed, self.limits = seed, limits or course_limits()
        self._desk: Desk | None = None  # of the lesson that is open

    def start(self, log: Path) -> None:
        """Get this process ready, once."""
        os.environ["OMP_NUM_THREADS"] = "1"
        course_root.start_worker(log)

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[None]:
        """Make `root` a course root of nbgrader's that knows the lesson, and get all ready that its workers share.

        Raises:
            GradingError: nbgrader could not, or there is no sandbox; the message says why.
        """
        try:
            server = WarmServer(course.find_lesson(lesson), self.limits, [root])  # loads torch while this process does
            from autograder.grading.desk import Desk

            course_root.make_course_root(root, {lesson: solution})
            with Desk(root, lesson, self.limits, key_of(root, self.seed), server) as self._desk:
                yield
        except GradingError:
            raise
        except SandboxError as error:
            raise GradingError(_no_sandbox(error)) from error
        except CourseError as error:
            raise GradingError(str(error)) from error

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """Those that need no grading: nothing of them, of the checks or of the environment has changed."""
        if not (root / journal.FILE).exists():
            return {}
        found = {submission: self._verdicts(submission, root) for submission in submissions}
        return {
            submission: rows
            for submission, verdicts in found.items()
            if verdicts is not None and (rows := _entered(submission, verdicts, root)) is not None
        }

    def _verdicts(self, submission: Submission, root: Path) -> journal.Verdicts | None:
        """The journal's verdicts on exactly this."""
        entry = journal.read(root, submission.student, submission.lesson)
        try:
            wanted = entry and self._key(submission, root)
        except OSError:
            return None
        return entry[1] if entry and entry[0] == wanted else None

    def _key(self, submission: Submission, root: Path) -> journal.Key:
        checks, environment = _hashes(submission.lesson, self.limits, key_of(root, self.seed))
        return journal.Key(journal.hash_submission(submission.notebook), checks, environment)

    def grade(self, submission: Submission, root: Path) -> tuple[list[ExerciseResult], float]:
        """Judge what lies in submitted/<student>/<lesson>/ of `root`; its rows, and the CPU that its own code took.

        Raises:
            GradingError: there is no sandbox to be had, or it broke.
        """
        return self._desk.grade(submission, self._key(submission, root))

    def refuse(self, student: str, lesson: str, reason: str, root: Path) -> list[ExerciseResult]:
        """Record that there is nothing to judge: every exercise is unreadable."""
        rows = course_root.record_refusal(student, lesson, reason, root)
        verdicts = {row.exercise: ("unreadable", reason) for row in rows}
        journal.write(root, student, lesson, journal.Key("", "", ""), verdicts)
        return rows


def _no_sandbox(error: SandboxError) -> str:
    """Why nothing is graded, and what to do."""
    from autograder.sandbox.doctor import cause, this_machine

    return "Nothing was graded: " + " ".join(cause(this_machine(), str(error)))


@cache
def _hashes(lesson: str, limits: Limits, key: bytes) -> tuple[str, str]:
    return journal.hash_checks(course.find_lesson(lesson)), journal.hash_environment(ISOLATION, limits, key)


def _entered(submission: Submission, verdicts: journal.Verdicts, root: Path) -> list[ExerciseResult] | None:
    """The rows with the gradebook's scores; None where gradebook or folder do not have the submission."""
    from nbgrader.api import MissingEntry

    directory = course_root.course_directory(root, submission.lesson)
    folder = root / directory.autograded_directory / submission.student / submission.lesson
    if not (folder / submission.notebook.name).exists():
        return None
    try:
        with course_root.gradebook(directory) as book:
            return course_root.results(book, directory, submission.student, lambda slug: verdicts[slug])
    except (MissingEntry, KeyError, OSError):
        return None
