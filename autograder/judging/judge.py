"""Judges the notebooks of one lesson: bytes in, verdicts and the notebook that goes back out. It writes nothing.

What it is made of, what it is given and what it answers are plain data, so that it can do so on another machine.
"""

from pathlib import Path

import nbformat
import torch

from autograder.checks.recording import recorded_values
from autograder.checks.registry import checks_of
from autograder.course.lessons import find_lesson
from autograder.errors import CourseError, GradingError
from autograder.judging import returned_notebook
from autograder.judging.attempted import unmended
from autograder.judging.course_notebook import course_notebook
from autograder.judging.exercises import Cases, judge
from autograder.judging.fresh_cases import fresh_values
from autograder.judging.in_english import language_in, release_in, retell
from autograder.judging.judged import Judged, ToJudge
from autograder.judging.matched import untouched
from autograder.judging.matching import match
from autograder.judging.messages import Assignment
from autograder.judging.origin import other_origin
from autograder.judging.processor_time import bounded
from autograder.notebooks import written_answers
from autograder.notebooks.reading import UnreadableError, as_file, parse_notebook
from autograder.sandbox.forkserver import WarmServer
from autograder.sandbox.sandbox import Sandbox


class NotebookJudge:
    """Use it in a `with` statement, in the process that made it or in those that it forks.

    Args:
        assignment: what is judged.
        server: the lesson's warm process; it ends with this.

    Raises:
        CourseError: there is no sandbox to be had, or the lesson cannot be graded.
    """

    def __init__(self, assignment: Assignment, server: WarmServer):
        torch.set_num_threads(1)  # a process that has used more cannot be forked safely
        lesson = find_lesson(assignment.lesson)
        self._sandbox = Sandbox(lesson, assignment.limits, list(map(Path, assignment.hidden)), server=server)
        self._checks = {check.slug: check for check in checks_of(lesson.number)}
        self._cases = {
            name: Cases(recorded_values(name), fresh_values(lesson, check, assignment.key))
            for name, check in self._checks.items()
        }
        self._course = course_notebook(lesson, nbformat.reads(assignment.released, as_version=4))

    def __enter__(self) -> "NotebookJudge":
        self._sandbox.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._sandbox.__exit__()

    def judge(self, todo: ToJudge) -> Judged:
        """Run a notebook's cells and judge its exercises.

        Raises:
            GradingError: the sandbox broke.
            UnreadableError: it is no notebook that can be graded, or one of another lesson, or looking at it takes
                too long.
        """
        with bounded():
            return self._judge(todo)

    def _judge(self, todo: ToJudge) -> Judged:
        handed_in = as_file(parse_notebook(todo.content))
        notebook = nbformat.v4.reads(handed_in.decode())
        language = language_in(notebook, self._course.lesson)
        translated = release_in(self._course.lesson, language)
        if translated is not None:
            retell(notebook, translated, self._course.released)
        if (other := other_origin(notebook, self._course.lesson, self._course.released)) is not None:
            raise UnreadableError(other)
        found = match(notebook, self._course)
        checks = {slug: check for slug, check in self._checks.items() if slug in todo.stale}
        try:
            made, cells, cpu_seconds = judge(self._sandbox, found, checks, self._cases, untouched(found, self._course))
        except CourseError as error:
            raise GradingError(str(error)) from error
        made = unmended(made, found, self._course)
        verdicts = {slug: made.get(slug) or todo.known[slug] for slug in self._checks}
        back = returned_notebook.autograded(notebook, found, verdicts, cells, self._course)
        verdicts |= written_answers.verdicts(back, self._course.released)
        if translated is not None:
            retell(back, self._course.released, translated)
            back.metadata["autograder"] = {"language": language}
        return Judged(verdicts, handed_in, as_file(back), cpu_seconds, len(checks))
