"""Where a worker process grades: one lesson's warm sandbox, its checks and cases, and the open gradebook."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import util
from pathlib import Path

import nbformat
import torch

from autograder import course
from autograder.checks.registry import checks_of
from autograder.course import CourseError
from autograder.grading import autograded, course_root, journal, written
from autograder.grading.fresh import fresh_values, key_of
from autograder.grading.judging import Cases, judge
from autograder.grading.matching import CourseNotebook, course_notebook, match
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import Submission
from autograder.recording import recorded_values
from autograder.sandbox.limits import Limits
from autograder.sandbox.sandbox import Sandbox


class Desk:
    """Grades the submissions of one lesson, one after another, in the process that made it.

    Args:
        root: the output folder.
        slug: the lesson.
        limits: what a submission may use.
        seed: fixes the fresh cases, None for those of the folder's secret.

    Raises:
        GradingError: there is no sandbox to be had, or the lesson cannot be graded.
    """

    def __init__(self, root: Path, slug: str, limits: Limits, seed: int | None):
        torch.set_num_threads(1)
        self.root, self.lesson = root, course.find_lesson(slug)
        self._checks = {check.slug: check for check in checks_of(self.lesson.number)}
        self._sandbox = Sandbox(self.lesson, limits, hidden=[root])
        with ThreadPoolExecutor(1) as helper:  # the sandbox has to be made in the thread that keeps it
            loaded = helper.submit(self._load, key_of(root, seed))
            self._sandbox.__enter__()
            self._close = util.Finalize(self, self._sandbox.__exit__, (None, None, None), exitpriority=10)
            self._cases, self._course = loaded.result()
        self._directory = course_root.course_directory(root, slug)
        self._book = course_root.gradebook(self._directory)

    def _load(self, key: bytes) -> tuple[dict[str, Cases], CourseNotebook]:
        """The values that checks take, and the lesson's cells."""
        torch.set_num_threads(1)
        released = nbformat.read(course_root.released(self.root, self.lesson.slug), as_version=4)
        cases = {
            slug: Cases(recorded_values(slug), fresh_values(self.lesson, check, key))
            for slug, check in self._checks.items()
        }
        return cases, course_notebook(self.lesson, released)

    def close(self) -> None:
        """End the sandbox and close the gradebook."""
        self._close()
        self._book.close()

    def grade(self, submission: Submission, key: journal.Key) -> list[ExerciseResult]:
        """Judge a submission; write the notebook that goes back, the gradebook, the journal.

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
        return rows

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
