"""Where a lesson's submissions are graded: its warm sandbox, its checks and cases, and the gradebook."""

import logging
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import torch

from autograder import course
from autograder.checks.registry import checks_of
from autograder.course import CourseError
from autograder.grading import autograded, course_root, journal, written
from autograder.grading.fresh import fresh_values
from autograder.grading.judging import Cases, judge
from autograder.grading.matching import course_notebook, match
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import Submission
from autograder.recording import recorded_values
from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.warm import WarmServer

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Desk:
    """Grades the submissions of one lesson, in the process that made it or in those that it forks.

    Use it in a `with` statement.

    Args:
        root: the output folder, a course root that knows the lesson.
        slug: the lesson.
        limits: what a submission may use.
        key: the secret of the fresh cases.
        server: the lesson's warm process; it ends with this.

    Raises:
        CourseError: there is no sandbox to be had, or the lesson cannot be graded.
    """

    def __init__(self, root: Path, slug: str, limits: Limits, key: bytes, server: WarmServer):
        torch.set_num_threads(1)  # a process that has used more cannot be forked safely
        self.root, self.lesson = root, course.find_lesson(slug)
        self._sandbox = Sandbox(self.lesson, limits, [root], server=server)
        self._checks = {check.slug: check for check in checks_of(self.lesson.number)}
        self._cases = {
            name: Cases(recorded_values(name), fresh_values(self.lesson, check, key))
            for name, check in self._checks.items()
        }
        released = nbformat.read(course_root.released(root, slug), as_version=4)
        self._course = course_notebook(self.lesson, released)
        self._directory = course_root.course_directory(root, slug)

    def __enter__(self) -> "Desk":
        self._sandbox.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.__exit__()

    @cached_property
    def _book(self) -> "Gradebook":
        """This process's own: a connection to a database cannot be shared with forks."""
        return course_root.gradebook(self._directory)

    def grade(self, submission: Submission, key: journal.Key) -> tuple[list[ExerciseResult], float]:
        """Judge a submission; write the notebook that goes back, the gradebook, the journal.

        Returns:
            Its rows, and how many seconds of CPU its cells and exercises took.

        Raises:
            GradingError: the sandbox broke.
        """
        clock = _Clock()
        where = (submission.student, submission.lesson, submission.notebook.name)
        notebook = nbformat.v4.reads(self.root.joinpath("submitted", *where).read_text(encoding="utf-8"))
        found = match(notebook, self._course)
        clock.stop("read")
        try:
            judged = judge(self._sandbox, found, self._checks, self._cases)
        except CourseError as error:
            raise GradingError(str(error)) from error
        clock.stop("judge")
        back = autograded.autograded(notebook, found, judged, self._course)
        autograded.write(back, self.root.joinpath(self._directory.autograded_directory, *where))
        clock.stop("write")
        verdicts = {**autograded.texts(judged.findings), **written.statuses(back, self._course.released)}
        rows = self._enter(submission, verdicts, key)
        clock.stop("enter")
        logging.getLogger().warning("Graded %s: %s", submission, clock)
        return rows, judged.cpu_seconds

    def _enter(self, submission: Submission, verdicts: journal.Verdicts, key: journal.Key) -> list[ExerciseResult]:
        """Scores into the gradebook, then verdicts into the journal."""
        student, lesson = submission.student, submission.lesson
        try:
            statuses = {name: status for name, (status, _) in verdicts.items()}
            course_root.save_scores(self._book, lesson, student, statuses)
            rows = course_root.results(self._book, self._directory, student, lambda slug: verdicts[slug])
        except Exception:
            self._book.db.rollback()
            raise
        journal.write(self.root, student, lesson, key, verdicts)
        return rows


class _Clock:
    """Where the time goes."""

    def __init__(self) -> None:
        self._last = time.perf_counter()
        self._parts: dict[str, float] = {}

    def stop(self, part: str) -> None:
        """What has passed since the last stop is that part's."""
        now = time.perf_counter()
        self._parts[part], self._last = now - self._last, now

    def __str__(self) -> str:
        """The parts in milliseconds."""
        return ", ".join(f"{part} {seconds * 1000:.0f} ms" for part, seconds in self._parts.items())
