"""The grading engine whose submissions run in a sandbox; verdicts are made outside, see `judging`.

Importing this module loads neither torch nor nbgrader: a run that finds everything in the journal needs no torch.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder import course
from autograder.course import CourseError
from autograder.grading import course_root, journal
from autograder.grading.fresh import key_of
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import Submission
from autograder.sandbox.bubblewrap import find_bubblewrap
from autograder.sandbox.limits import Limits

if TYPE_CHECKING:
    from autograder.grading.desk import Desk

ISOLATION = "bubblewrap"
_desks: list["Desk"] = []  # of this worker process: none or one


def course_limits() -> Limits:
    """What course.toml allows a submission."""
    found = course.settings()["limits"]
    return Limits(float(found["seconds_per_exercise"]), float(found["seconds_per_submission"]))


class SandboxEngine:
    """Grades in a sandbox; each worker process keeps one warm.

    Args:
        seed: fixes the fresh cases; None for those of the output folder's secret.
        limits: what a submission may use; None for what course.toml says.
    """

    name = "sandbox"
    isolation = ISOLATION
    modules = (__name__, "autograder.grading.desk", "nbgrader.api", "nbgrader.coursedir")

    def __init__(self, seed: int | None = None, limits: Limits | None = None):
        self.seed, self.limits = seed, limits or course_limits()

    def start_worker(self, log: Path) -> None:
        """Get this process ready, once."""
        os.environ["OMP_NUM_THREADS"] = "1"
        course_root.start_worker(log)

    def prepare(self, root: Path, lessons: Mapping[str, Path]) -> None:
        """Make `root` a course root of nbgrader's that knows the lessons.

        Raises:
            GradingError: nbgrader could not, or there is no sandbox; the message says why.
        """
        if find_bubblewrap() is None:
            raise GradingError("bubblewrap is not installed: run `autograder doctor` to see how to get it")
        course_root.make_course_root(root, lessons)
        key_of(root, self.seed)

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

    def grade(self, submission: Submission, root: Path) -> list[ExerciseResult]:
        """Judge what lies in submitted/<student>/<lesson>/ of `root`.

        Raises:
            GradingError: there is no sandbox to be had, or it broke.
        """
        return self._desk(root, submission.lesson).grade(submission, self._key(submission, root))

    def _desk(self, root: Path, lesson: str) -> "Desk":
        """This process's desk; another one for another lesson."""
        from autograder.grading.desk import Desk

        if _desks and (_desks[0].root, _desks[0].lesson.slug) != (root, lesson):
            _desks.pop().close()
        if not _desks:
            try:
                _desks.append(Desk(root, lesson, self.limits, self.seed))
            except CourseError as error:
                raise GradingError(str(error)) from error
        return _desks[0]

    def refuse(self, student: str, lesson: str, reason: str, root: Path) -> list[ExerciseResult]:
        """Record that there is nothing to judge: every exercise is unreadable."""
        rows = course_root.record_refusal(student, lesson, reason, root)
        verdicts = {row.exercise: ("unreadable", reason) for row in rows}
        journal.write(root, student, lesson, journal.Key("", "", ""), verdicts)
        return rows


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
