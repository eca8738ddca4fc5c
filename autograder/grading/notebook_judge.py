"""Judges the notebooks of one lesson: bytes in, findings and the notebook that goes back out. It writes nothing.

What it is made of, what it is given and what it answers are plain data, so that it can do so on another machine.
"""

from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path

import nbformat
import torch

from autograder import course
from autograder.checks.registry import checks_of
from autograder.course import CourseError
from autograder.grading import autograded, written
from autograder.grading.assignment import Assignment, pack, unpack
from autograder.grading.fresh import fresh_values
from autograder.grading.judging import Cases, Finding, judge
from autograder.grading.matching import course_notebook, match, untouched
from autograder.grading.results import GradingError
from autograder.grading.submissions import as_file, parse_notebook
from autograder.recording import recorded_values
from autograder.sandbox.sandbox import Sandbox
from autograder.sandbox.warm import WarmServer


@dataclass(frozen=True)
class ToJudge:
    """A notebook, and what of it is to be judged.

    Attributes:
        content: the file's bytes.
        stale: the exercises whose verdicts are not known.
        known: those that are.
    """

    content: bytes
    stale: frozenset[str]
    known: Mapping[str, Finding]

    def packed(self) -> bytes:
        """As bytes."""
        return pack([self.content, sorted(self.stale), _plain(self.known)])

    @classmethod
    def unpacked(cls, data: bytes) -> "ToJudge":
        """What `packed` made bytes of."""
        content, stale, known = unpack(data)
        return cls(content, frozenset(stale), _findings(known))


@dataclass(frozen=True)
class Judged:
    """What came of a notebook.

    Attributes:
        findings: for every exercise, those that were known among them.
        written: status and reason of each written answer.
        handed_in: the notebook as nbformat 4, as a file's bytes.
        notebook: what goes back, as a file's bytes.
        cpu_seconds: what its cells and exercises took.
        count: how many exercises were judged.
    """

    findings: Mapping[str, Finding]
    written: Mapping[str, tuple[str, str]]
    handed_in: bytes
    notebook: bytes
    cpu_seconds: float
    count: int

    def packed(self) -> bytes:
        """As bytes."""
        answers = dict(self.written)
        return pack([_plain(self.findings), answers, self.handed_in, self.notebook, self.cpu_seconds, self.count])

    @classmethod
    def unpacked(cls, data: bytes) -> "Judged":
        """What `packed` made bytes of."""
        findings, answers, *others = unpack(data)
        return cls(_findings(findings), {name: tuple(told) for name, told in answers.items()}, *others)


def _plain(findings: Mapping[str, Finding]) -> dict[str, tuple]:
    return {slug: astuple(one) for slug, one in findings.items()}


def _findings(plain: Mapping[str, list]) -> dict[str, Finding]:
    return {slug: Finding(*told) for slug, told in plain.items()}


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
        lesson = course.find_lesson(assignment.lesson)
        self._sandbox = Sandbox(lesson, assignment.limits, [Path(assignment.hidden)], server=server)
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
            UnreadableError: it is no notebook that can be graded.
        """
        handed_in = as_file(parse_notebook(todo.content))
        notebook = nbformat.v4.reads(handed_in.decode())
        found = match(notebook, self._course)
        checks = {slug: check for slug, check in self._checks.items() if slug in todo.stale}
        try:
            judged = judge(self._sandbox, found, checks, self._cases, untouched(found, self._course))
        except CourseError as error:
            raise GradingError(str(error)) from error
        findings = {slug: judged.findings.get(slug) or todo.known[slug] for slug in self._checks}
        back = autograded.autograded(notebook, found, replace(judged, findings=findings), self._course)
        answers = written.statuses(back, self._course.released)
        return Judged(findings, answers, handed_in, as_file(back), judged.cpu_seconds, len(checks))
