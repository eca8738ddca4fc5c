"""The judge that runs submissions through nbgrader's own autograding, without a sandbox."""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from autograder.course import settings
from autograder.errors import GradingError
from autograder.gradebook import converting, course_root, lateness, placing, refusals, scores
from autograder.gradebook.executed_checks import verdict_of
from autograder.grading.judge import Graded
from autograder.notebooks.reading import UnreadableError
from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.submissions.attempts import counting, time_handed_in, with_grace
from autograder.submissions.find import Submission
from lessons.toolkit.text import Words


@dataclass(frozen=True)
class Autograding:
    """What is to be done with a submission: all at once."""

    submission: Submission

    @property
    def tasks(self) -> dict[str, Submission]:
        """One, by the name of the lesson."""
        return {self.submission.lesson: self.submission}


class NbgraderJudge:
    """Grades one submission at a time in a course root of nbgrader's; scores come from its gradebook.

    Args:
        attempts: which of several attempts counts; here it can only be the newest that was on time.
    """

    name = "nbgrader"
    isolation = "none"

    def __init__(self, attempts: str | None = None):
        self.attempts = attempts or settings.in_force()["attempts"]["count"]

    def start(self, log: Path) -> None:
        """Get this process ready, once: its output, its kernels' and nbgrader's log go to the file `log`."""
        course_root.start_worker(log)

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[None]:
        """Make `root` a course root whose gradebook knows the lesson, given by its solution notebook.

        Raises:
            GradingError: nbgrader could not; the message says why.
        """
        course_root.make_course_root(root, {lesson: solution})
        yield

    @contextmanager
    def judging(
        self, root: Path, lesson: str, opened: Callable[[], None]
    ) -> Iterator[Callable[[Submission], list[ExerciseResult]]]:
        """Load nbgrader, once for all workers."""
        opened()
        course_root.course_directory(root, lesson)
        yield partial(_autograde, root)

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """None: this judge keeps no journal.

        Raises:
            GradingError: the best of several attempts is asked for, and they would all have to be graded for that.
        """
        if self.attempts != "newest" and any(len(submission.attempts) > 1 for submission in submissions):
            remedy = "give --attempts newest, or grade in a sandbox"
            raise GradingError(f"without a sandbox the {self.attempts} of several attempts cannot be found; {remedy}")
        return {}

    def plan(self, submission: Submission, root: Path) -> Autograding:
        """All of it is judged, and entered by who judges it, for nbgrader does both at once."""
        return Autograding(submission)

    def enter(self, plan: Autograding, answers: Mapping[str, list[ExerciseResult]], root: Path) -> Graded:
        """It is entered; no CPU is measured."""
        rows = answers[plan.submission.lesson]
        if isinstance(rows, UnreadableError):
            raise rows
        return Graded(plan.submission, rows, judged=len(rows))

    def refuse(
        self, student: str, lesson: str, reason: Words, root: Path, status: Status = Status.UNREADABLE
    ) -> list[ExerciseResult]:
        """Record a submission that cannot be graded: no points, and nothing left of an earlier version."""
        return refusals.record_refusal(student, lesson, reason, root, status)


def _autograde(root: Path, submission: Submission) -> list[ExerciseResult]:
    """Run and judge the attempt that counts, and enter it.

    Raises:
        GradingError: nbgrader could not; the message says why.
        UnreadableError: it is no notebook that can be graded.
    """
    directory = course_root.course_directory(root, submission.lesson)
    folder = root / directory.autograded_directory / submission.student / submission.lesson
    placing.remove(folder)
    logging.getLogger().warning("Grading %s", submission)
    with course_root.gradebook(directory) as book:
        due = lateness.due_date(book, submission.lesson, submission.student)
    attempt = counting(submission.attempts, with_grace(due), "newest")
    placing.place(submission, replace(attempt, time=time_handed_in(attempt, due)), root)
    converting.convert("Autograde", directory, submission.student)
    import nbformat

    notebook = nbformat.read(folder / f"{submission.lesson}.ipynb", as_version=4)
    with course_root.gradebook(directory) as book:
        return scores.results(book, directory, submission.student, lambda slug: verdict_of(notebook, slug))
