"""The judge whose submissions run in a sandbox; verdicts are made outside it, see `judging`.

Importing this module loads neither torch nor nbgrader: a run that finds everything in the journal needs no torch.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.course.lessons import find_lesson
from autograder.errors import GradingError
from autograder.gradebook import course_root, lateness, refusals, scores
from autograder.grading.counted import counted
from autograder.grading.judge import Graded
from autograder.grading.recorder import Plan, Recorder
from autograder.judging.fresh_cases import key_of
from autograder.judging.judged import Judged, ToJudge
from autograder.judging.messages import Assignment
from autograder.notebooks.reading import UnreadableError
from autograder.results import journal
from autograder.results.fingerprint import NO_KEY, Key, hash_environment, hash_scoring, hash_submission
from autograder.results.grades import ExerciseResult
from autograder.results.kept_hashes import hash_checks
from autograder.sandbox.forkserver import SandboxError, WarmServer
from autograder.sandbox.inside.limits import Limits
from autograder.status import Status
from autograder.submissions.attempts import time_handed_in
from autograder.submissions.find import Submission
from autograder.verdict import Verdict
from lessons.toolkit.text import Words

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


ISOLATION = "bubblewrap"


def course_limits() -> Limits:
    """What course.toml allows a submission."""
    found = settings.in_force()["limits"]
    return Limits(float(found["seconds_per_exercise"]), float(found["seconds_per_submission"]))


class SandboxJudge:
    """Judges in a sandbox; all workers have one warm process fork for them.

    Args:
        seed: fixes the fresh cases; None for those of the output folder's secret.
        limits: what a submission may use; None for what course.toml says.
        attempts: which of several attempts counts, "newest" or "best"; None for what course.toml says.
        hidden: folders that no submission may see, beside the output folder: that of the submissions.
    """

    name = "sandbox"
    isolation = ISOLATION

    def __init__(
        self,
        seed: int | None = None,
        limits: Limits | None = None,
        attempts: str | None = None,
        hidden: Sequence[Path] = (),
    ):
        self.seed, self.limits = seed, limits or course_limits()
        self._hidden = [path.resolve() for path in hidden]
        self.attempts = attempts or settings.in_force()["attempts"]["count"]
        self._recorder: Recorder | None = None  # of the lesson that is open

    def start(self, log: Path) -> None:
        """Get this process ready, once."""
        os.environ["OMP_NUM_THREADS"] = "1"
        course_root.start_worker(log)

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[Assignment]:
        """Make `root` a course root of nbgrader's that knows the lesson.

        Raises:
            GradingError: nbgrader could not; the message says why.
        """
        course_root.make_course_root(root, {lesson: solution})
        back = course_root.course_directory(root, lesson).autograded_directory
        self._recorder = Recorder(root, lesson, back)
        released, key = course_root.released(root, lesson).read_text(encoding="utf-8"), key_of(root, self.seed)
        _hashes(lesson, self.limits, key)  # each plan needs them; who judges is still loading torch
        yield Assignment(lesson, self.limits, key, released, [str(path) for path in (root, *self._hidden)])

    @contextmanager
    def judging(
        self, root: Path, lesson: str, opened: Callable[[], Assignment]
    ) -> Iterator[Callable[[ToJudge], Judged]]:
        """Load torch and the lesson's checks, here and in a sandbox beside it.

        Raises:
            GradingError: there is no sandbox; the message says why.
        """
        try:
            server = WarmServer(
                find_lesson(lesson), self.limits, [root, *self._hidden]
            )  # loads torch while this process does
            from autograder.judging.judge import NotebookJudge

            require_recorded(lesson)
            with NotebookJudge(opened(), server) as judge:
                yield judge.judge
        except SandboxError as error:
            raise GradingError(_no_sandbox(error)) from error

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """Those with which nothing is to be done: no verdict can have changed, and their points are entered."""
        if not (root / journal.FILE).exists():
            return {}
        found: dict[Submission, list[ExerciseResult] | None] = {}
        for lesson in dict.fromkeys(submission.lesson for submission in submissions):
            directory = course_root.course_directory(root, lesson)
            with course_root.gradebook(directory) as book:
                of_lesson = (submission for submission in submissions if submission.lesson == lesson)
                found |= {submission: self._entered(submission, root, book, directory) for submission in of_lesson}
        return {submission: rows for submission, rows in found.items() if rows is not None}

    def _entered(
        self, submission: Submission, root: Path, book: "Gradebook", directory: "CourseDirectory"
    ) -> list[ExerciseResult] | None:
        """The rows with the gradebook's scores; None where something of it is to be judged or entered."""
        entries = journal.history(root, submission.student, submission.lesson)
        if not entries or entries[-1].scoring != self._scoring(submission):
            return None
        known = journal.by_attempt(entries)
        try:
            keys = self._keys(submission, root)
        except OSError:
            return None
        if any(name not in known or key.stale(known[name].key) for name, key in keys.items()):
            return None
        tried = {attempt: known[attempt.name] for attempt in submission.attempts}
        attempt = counted(book, directory, submission.student, tried, self.attempts)
        time = time_handed_in(attempt, lateness.due_date(book, submission.lesson, submission.student))
        if (attempt.name, time) != (entries[-1].attempt, lateness.handed_in(book, directory, submission)):
            return None
        return _rows(submission, entries[-1].verdicts, root, book, directory)

    def _keys(self, submission: Submission, root: Path) -> dict[str, Key]:
        checks, environment = _hashes(submission.lesson, self.limits, key_of(root, self.seed))
        return {one.name: Key(hash_submission(one.notebook), checks, environment) for one in submission.attempts}

    def plan(self, submission: Submission, root: Path) -> Plan:
        """Say what is not known of it."""
        return self._open_recorder.plan(submission, self._keys(submission, root))

    def enter(self, plan: Plan, answers: Mapping[str, Judged | UnreadableError], root: Path) -> Graded:
        """Enter the attempt that counts.

        Raises:
            UnreadableError: none of its notebooks can be read.
        """
        return self._open_recorder.enter(plan, answers, self.attempts, self._scoring(plan.submission))

    def _scoring(self, submission: Submission) -> str:
        return hash_scoring(submission.lesson, self.attempts, submission.student)

    @property
    def _open_recorder(self) -> Recorder:
        assert self._recorder is not None, "plan and enter belong inside opened"
        return self._recorder

    def refuse(
        self, student: str, lesson: str, reason: Words, root: Path, status: Status = Status.UNREADABLE
    ) -> list[ExerciseResult]:
        """Record that there are no verdicts: every exercise has this status."""
        rows = refusals.record_refusal(student, lesson, reason, root, status)
        verdicts = {row.exercise: Verdict(row.exercise, status, title=reason, case="") for row in rows}
        journal.write(root, student, lesson, journal.Entry(NO_KEY, verdicts))
        return rows


def require_recorded(lesson: str) -> None:
    """Refuse to grade with cases that were recorded for another check: right answers would fail."""
    from autograder.checks.recording import stale

    if (reason := stale(lesson)) is not None:
        raise GradingError(f"{lesson}: {reason}; run: autograder build {lesson}")


def _no_sandbox(error: SandboxError) -> str:
    """Why nothing is graded, and what to do."""
    from autograder.doctor import cause, this_machine

    return "Nothing was graded: " + " ".join(cause(this_machine(), str(error)))


@cache
def _hashes(lesson: str, limits: Limits, key: bytes) -> tuple[dict[str, str], str]:
    return hash_checks(find_lesson(lesson)), hash_environment(ISOLATION, limits, key)


def _rows(
    submission: Submission, verdicts: Mapping[str, Verdict], root: Path, book: "Gradebook", directory: "CourseDirectory"
) -> list[ExerciseResult] | None:
    """The rows with the gradebook's scores; None where gradebook or folder do not have the submission as it counts."""
    from nbgrader.api import MissingEntry

    folder = root / directory.autograded_directory / submission.student / submission.lesson
    if not (folder / f"{submission.lesson}.ipynb").exists():
        return None
    try:
        statuses = {name: verdict.status for name, verdict in verdicts.items()}
        if not scores.scores_hold(book, submission.lesson, submission.student, statuses):
            return None  # a power cut may have taken from the gradebook what the journal has
        if not lateness.extension_holds(book, submission.lesson, submission.student):
            return None
        if not lateness.penalty_holds(directory, book, submission.student):
            return None
        return scores.results(book, directory, submission.student, lambda slug: verdicts[slug])
    except (MissingEntry, KeyError, OSError):
        return None
