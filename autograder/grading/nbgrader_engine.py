"""The grading engine that runs submissions through nbgrader's own autograding, without a sandbox."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat

from autograder.grading import course_root
from autograder.grading.evidence import judge
from autograder.grading.results import ExerciseResult
from autograder.grading.submissions import Submission


class NbgraderEngine:
    """Grades one submission at a time in a course root of nbgrader's; scores come from its gradebook."""

    name = "nbgrader"
    isolation = "none"

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

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """None: this engine keeps no journal."""
        return {}

    def grade(self, submission: Submission, root: Path) -> tuple[list[ExerciseResult], float]:
        """Run and judge the submission that lies in submitted/<student>/<lesson>/ of `root`; its CPU is not measured.

        Raises:
            GradingError: nbgrader could not; the message says why.
        """
        directory = course_root.course_directory(root, submission.lesson)
        folder = root / directory.autograded_directory / submission.student / submission.lesson
        course_root.remove(folder)
        logging.getLogger().warning("Grading %s", submission)
        course_root.convert("Autograde", directory, submission.student)
        notebook = nbformat.read(folder / submission.notebook.name, as_version=4)
        with course_root.gradebook(directory) as book:
            return course_root.results(book, directory, submission.student, lambda slug: judge(notebook, slug)), 0.0

    def refuse(self, student: str, lesson: str, reason: str, root: Path) -> list[ExerciseResult]:
        """Record a submission that cannot be graded: no points, and nothing left of an earlier version."""
        return course_root.record_refusal(student, lesson, reason, root)
