"""Where a lesson's submissions are graded: its warm sandbox, its checks and cases, and the gradebook."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import torch

from autograder import course
from autograder.checks.registry import checks_of
from autograder.course import CourseError
from autograder.grading import autograded, course_root, journal, written
from autograder.grading.counted import counted
from autograder.grading.durable import write_whole
from autograder.grading.fingerprint import NO_KEY, Key
from autograder.grading.fresh import fresh_values
from autograder.grading.judging import Cases, Finding, judge
from autograder.grading.matching import course_notebook, match
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import ATTEMPTS, Attempt, Submission, UnreadableError, read_notebook
from autograder.grading.workers import Outcome
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

    def grade(self, submission: Submission, keys: Mapping[str, Key], rule: str, scoring: str) -> Outcome:
        """Judge what is not known of a submission's attempts; write notebook, gradebook and journal for what counts.

        Args:
            keys: what the verdicts on each attempt depend on, by its name.
            rule: which attempt counts.
            scoring: hash of what the points depend on.

        Raises:
            GradingError: the sandbox broke.
            UnreadableError: no attempt can be read.
        """
        clock = _Clock()
        earlier = self._earlier(submission)
        tried, unread, seconds, judged = {}, [], 0.0, 0
        for attempt in submission.attempts:
            known = earlier.get(attempt.name)
            try:
                found = self._try(submission, attempt, keys[attempt.name], known)
            except UnreadableError as error:
                unread.append((attempt, error))
                self._note_unread(submission, attempt, str(error), known)
                continue
            tried[attempt] = found.entry
            seconds, judged = seconds + found.cpu_seconds, judged + found.judged
        clock.stop("judge")
        if not tried:
            raise unread[-1][1]
        rows = self._enter(submission, tried, rule, scoring)
        clock.stop("enter")
        logging.getLogger().warning("Graded %s: %s", submission, clock)
        return Outcome(
            rows, seconds, "; ".join(f"{one.name or 'first attempt'}: {error}" for one, error in unread), judged
        )

    def _earlier(self, submission: Submission) -> dict[str, journal.Entry]:
        """What is known of the attempts; the notebook that went back is kept aside if it is no longer the only one."""
        found = journal.history(self.root, submission.student, submission.lesson)
        if found and len(submission.attempts) > 1:
            back, was_counting = self._back(submission), found[-1].attempt
            for one in submission.attempts:
                if one.name == was_counting and back.exists() and not self._back(submission, one).exists():
                    _copy(back, self._back(submission, one))
        return journal.by_attempt(found)

    def _back(self, submission: Submission, attempt: Attempt | None = None) -> Path:
        """Where the notebook that goes back lies; of one of several attempts, where it waits to be what counts."""
        student, lesson = submission.student, submission.lesson
        if attempt is None or len(submission.attempts) == 1:
            return self.root / self._directory.autograded_directory / student / lesson / f"{lesson}.ipynb"
        return self.root / ATTEMPTS / student / lesson / f"{attempt.name or 'first'}.ipynb"

    def _try(self, submission: Submission, attempt: Attempt, key: Key, known: journal.Entry | None) -> "_Tried":
        """Judge the exercises of an attempt whose verdicts are not known."""
        path = self._back(submission, attempt)
        stale = key.stale(known and known.key) if path.exists() else set(key.checks)
        if not stale:
            return _Tried(known)
        path.unlink(missing_ok=True)  # it is not what will be handed back: a run that is killed now leaves none
        notebook = nbformat.v4.reads(nbformat.v4.writes(read_notebook(attempt.notebook)))
        found = match(notebook, self._course)
        checks = {slug: check for slug, check in self._checks.items() if slug in stale}
        try:
            judged = judge(self._sandbox, found, checks, self._cases)
        except CourseError as error:
            raise GradingError(str(error)) from error
        findings = {slug: judged.findings.get(slug) or _known_finding(known, slug) for slug in self._checks}
        judged = replace(judged, findings=findings)
        back = autograded.autograded(notebook, found, judged, self._course)
        autograded.write(back, path)
        verdicts = {**autograded.texts(findings), **written.statuses(back, self._course.released)}
        entry = journal.Entry(key, verdicts, {slug: one.text for slug, one in findings.items()}, attempt.name)
        if len(submission.attempts) > 1:
            journal.write(self.root, submission.student, submission.lesson, entry)
        return _Tried(entry, judged.cpu_seconds, len(stale))

    def _note_unread(self, submission: Submission, attempt: Attempt, reason: str, known: journal.Entry | None) -> None:
        """In the journal, once: an attempt of several that cannot be read."""
        entry = journal.Entry(NO_KEY, dict.fromkeys(self._checks, ("unreadable", reason)), {}, attempt.name)
        if len(submission.attempts) > 1 and entry != known:
            journal.write(self.root, submission.student, submission.lesson, entry)

    def _enter(
        self, submission: Submission, tried: Mapping[Attempt, journal.Entry], rule: str, scoring: str
    ) -> list[ExerciseResult]:
        """The attempt that counts into the folder, the gradebook, then the journal."""
        student, lesson = submission.student, submission.lesson
        try:
            attempt = counted(self._book, self._directory, student, tried, rule)
            entry = tried[attempt]
            course_root.place(submission, attempt, self.root)
            if len(submission.attempts) > 1:
                _copy(self._back(submission, attempt), self._back(submission))
            statuses = {name: status for name, (status, _) in entry.verdicts.items()}
            course_root.save_scores(self._book, lesson, student, statuses, attempt.time)
            course_root.save_penalty(self._directory, self._book, student)
            rows = course_root.results(self._book, self._directory, student, lambda slug: entry.verdicts[slug])
        except Exception:
            self._book.db.rollback()
            raise
        journal.write(self.root, student, lesson, replace(entry, scoring=scoring))
        return rows


@dataclass(frozen=True)
class _Tried:
    """An attempt's entry for the journal, the CPU that its cells and exercises took, and how many were judged."""

    entry: journal.Entry
    cpu_seconds: float = 0.0
    judged: int = 0


def _known_finding(known: journal.Entry | None, slug: str) -> Finding:
    status, reason = known.verdicts[slug]
    return Finding(status, reason, known.texts[slug])


def _copy(source: Path, target: Path) -> None:
    """Copy it, whole or not at all."""
    write_whole(target, source.read_bytes())


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
