"""The grading engine that runs submissions through nbgrader's own autograding, without a sandbox."""

import logging
from collections.abc import Mapping, Sequence
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
    modules = (__name__, "nbgrader.converters", "nbgrader.coursedir")

    def start_worker(self, log: Path) -> None:
        """Get this process ready, once: its output, its kernels' and nbgrader's log go to the file `log`."""
        course_root.start_worker(log)

    def prepare(self, root: Path, lessons: Mapping[str, Path]) -> None:
        """Make `root` a course root whose gradebook knows the lessons, given by their solution notebooks.

        Raises:
            GradingError: nbgrader could not; the message says why.
        """
        course_root.make_course_root(root, lessons)

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """None: this engine keeps no journal."""
        return {}

    def grade(self, submission: Submission, root: Path) -> list[ExerciseResult]:
        """Run and judge the submission that lies in submitted/<student>/<lesson>/ of `root`.

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
            return course_root.results(book, directory, submission.student, lambda slug: judge(notebook, slug))

    def refuse(self, student: str, lesson: str, reason: str, root: Path) -> list[ExerciseResult]:
        """Record a submission that cannot be graded: no points, and nothing left of an earlier version."""
        return course_root.record_refusal(student, lesson, reason, root)
