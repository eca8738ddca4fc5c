"""Grades a class: from a folder of submissions to grades.csv, a gradebook and a record of the run."""

import signal
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from autograder.course import settings
from autograder.course.lessons import all_lessons, find_lesson
from autograder.errors import CourseError, GradingError
from autograder.gradebook import database
from autograder.grading.console import ClassRun, Note, progress, show_refusals, show_run
from autograder.grading.coordinator import Coordinator
from autograder.grading.extensions import unused_extensions
from autograder.grading.judge import Graded, Job, Judge
from autograder.grading.options import Options
from autograder.grading.output_folder import (
    AGAIN,
    BEFORE,
    GRADES,
    close_run,
    keep_grades_before,
    open_output_folder,
    other_settings,
    write_run,
)
from autograder.permissions import close_to_writers, make_private, readable_by_others, written_privately
from autograder.results import journal
from autograder.results.disk_errors import FolderError
from autograder.results.folder_lock import FolderLock
from autograder.results.grades import ExerciseResult, merged, read_grades
from autograder.results.score_changes import changes
from autograder.submissions.attempts import limited
from autograder.submissions.find import LAYOUT, Refusal, Submission, find_submissions


def grade_command(options: Options) -> int:
    """`autograder grade`.

    Returns:
        The exit code: 0 all were graded, 1 some could not be and are listed, 2 nothing could be done, 130 stopped.
    """
    try:
        with _terminable(), progress() as on_progress:
            run = Run(options, on_progress=on_progress, may_fork=True)
            found = run.grade()
    except NoSubmissionsError as error:
        show_refusals(error.refusals)
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except CourseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as stop:
        told = str(stop) or f"{GRADES} is as it was before"
        print(f"autograder: stopped; {told}; {AGAIN}.", file=sys.stderr)
        return 130
    show_run(found, found.root / GRADES)
    return 1 if found.refusals else 0


@contextmanager
def _terminable() -> Iterator[None]:
    """SIGTERM, with which batch systems stop a process, does what Ctrl-C does."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Stopped(KeyboardInterrupt):
    """A run was stopped; the message says what is recorded."""


class NoSubmissionsError(GradingError):
    """A folder holds no submission; `refusals` is what it holds instead."""

    def __init__(self, message: str, refusals: Sequence[Refusal] = ()):
        super().__init__(message)
        self.refusals = refusals


class Run:
    """One run over a class; what it has come to so far is kept here.

    Args:
        options: what is asked for.
        judge: in place of the one that the options name.
        on_progress: called with what is being done, and how many of how many submissions are graded.
        may_fork: as in `Coordinator`.

    Raises:
        GradingError: the options name what there is not.
    """

    def __init__(
        self,
        options: Options,
        judge: Judge | None = None,
        on_progress: Callable[[str, int, int], None] = lambda message, done, count: None,
        may_fork: bool = False,
    ):
        self._options, self._on_progress, self._may_fork = options, on_progress, may_fork
        self._judge, self._place = judge or options.judge(), options.place()
        self._rows: list[ExerciseResult] = []
        self._notes: list[Note] = []
        self._refusals: list[Refusal] = []
        self._count = self._known = self._resumed = self._graded = self._exercises = 0
        self._cpu_seconds = 0.0

    def grade(self) -> ClassRun:
        """Grade every submission.

        Raises:
            GradingError: nothing could be done, or not all; the message says what, where, and what to do.
            Stopped: by Ctrl-C; what was graded until then is in grades.csv.
        """
        lessons = [find_lesson(slug) for slug in self._options.lessons] or list(all_lessons())
        slugs = [lesson.slug for lesson in lessons]
        found = _find(self._options.submissions, slugs)
        self._notes = [Note(str(job), note) for job in found if isinstance(job, Submission) for note in job.notes]
        self._root = open_output_folder(self._options.submissions, self._options.out)
        to_tell = [*self._keep_others_out(), *other_settings(self._root), *unused_extensions(found, slugs)]
        with (
            written_privately(self._root),
            FolderLock(self._root) as lock,
            Coordinator(self._judge, self._place, self._root, lock, self._may_fork) as coordinator,
        ):
            for told in to_tell:  # not before: whoever shows it may start a thread, and then nothing is forked
                self._report(told)
            database.connect(self._root, self._options.db)
            changed = self._take_known(found)
            notebooks = {job.lesson: _solution(job.lesson) for job in changed}
            try:
                with closing(coordinator):  # however this ends, nothing is graded once the tables are written
                    for one in coordinator.grade_all(notebooks, changed):
                        self._take(one)
            except KeyboardInterrupt:
                raise Stopped(self._write_unfinished()) from None
            except GradingError as error:
                if not self._graded and not isinstance(error, FolderError):
                    raise
                raise GradingError(f"{error}; {self._write_unfinished()}; {AGAIN}") from error
            return self._finish()

    def _keep_others_out(self) -> list[str]:
        """Close what is open to other users of the machine where it is not theirs, and return what to tell of it."""
        submissions = self._options.submissions
        told = (make_private(self._root), close_to_writers(submissions), readable_by_others(submissions))
        return list(filter(None, told))

    def _take_known(self, found: Sequence[Job]) -> list[Job]:
        """Take in what earlier runs have graded as it is; the other jobs, by lesson."""
        jobs = [job for job in found if isinstance(job, Submission) or job.attributed]
        self._count = len(jobs)
        self._report(_about(self._judge.isolation))
        keep_grades_before(self._root)
        known = self._ask_known(jobs)
        self._known, self._resumed = len(known), _resumed(known, self._root)
        self._rows = [row for rows in known.values() for row in rows]
        self._refusals = [job for job in found if isinstance(job, Refusal) and not job.attributed]
        self._report(self._about_resumed())
        return sorted((job for job in jobs if job not in known), key=lambda job: job.lesson)

    def _ask_known(self, jobs: Sequence[Job]) -> dict[Submission, list[ExerciseResult]]:
        try:
            return self._judge.known([job for job in jobs if isinstance(job, Submission)], self._root)
        except Exception as error:
            from sqlalchemy.exc import DatabaseError  # a third of a second to load, and seldom needed

            if not isinstance(error, sqlite3.DatabaseError | DatabaseError):
                raise
            told = f"journal or gradebook cannot be read ({str(error).splitlines()[0]})"
            raise GradingError(
                f"{self._root}: {told}; bring them back from a copy, or grade into a new folder"
            ) from error

    def _take(self, graded: Graded) -> None:
        """Take in what came of a submission."""
        self._rows += graded.rows
        self._refusals += [_refusal(graded)] if graded.reason else []
        self._cpu_seconds += graded.cpu_seconds
        self._exercises += graded.judged
        self._graded += 1
        self._report("")

    @property
    def _done(self) -> int:
        """How many submissions have their verdicts."""
        return self._known + self._graded

    def _report(self, message: str) -> None:
        self._on_progress(message, self._done, self._count)

    def _about_resumed(self) -> str:
        if not self._resumed:
            return ""
        told = f"{self._resumed} of {self._count} submissions were graded by it"
        return f"Going on with a run that was stopped: {told}."

    def _write_unfinished(self) -> str:
        """Write the grades so far; the sentence that says so."""
        told = f"{self._done} of {self._count} submissions are recorded"
        try:
            self._write(finished=False)
        except GradingError:
            return f"{told}, {GRADES} is as it was before"
        return f"{told}, {GRADES} has them"

    def _finish(self) -> ClassRun:
        """Write the grades; whatever ends the process until this is done, the next run does it again."""
        run = self._write(finished=True)
        close_run(self._root)
        return run

    def _write(self, finished: bool) -> ClassRun:
        root, rows = self._root, merged([], self._rows)
        moved = tuple(changes(root, read_grades(root / BEFORE), rows))
        refusals = tuple(sorted(self._refusals, key=str))
        notes = tuple(self._notes)
        run = ClassRun(root, tuple(rows), refusals, self._known, self._exercises, moved, self._resumed, notes)
        write_run(run, self._record(run, finished))
        return run

    def _record(self, run: ClassRun, finished: bool) -> dict[str, object]:
        graded = {(result.student, result.lesson) for result in run.results}
        return {
            "finished" if finished else "stopped": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": self._judge.name,
            "isolation": self._judge.isolation,
            "seed": self._options.seed,
            "submissions": str(self._options.submissions.resolve()),
            "settings": str(settings.settings_file().resolve()),
            "graded": len(graded),
            "known": run.known,
            "resumed": run.resumed,  # of the known: graded by runs that were stopped
            "exercises_judged": run.judged,
            "scores_moved": len(run.changes),  # each is in changes.csv
            "submissions_cpu_seconds": round(self._cpu_seconds, 3),  # of those graded now; 0 if unknown
            "could_not_be_graded": [asdict(refusal) for refusal in run.refusals],
            "notes": [asdict(note) for note in run.notes],
        }


def _resumed(known: Iterable[Submission], root: Path) -> int:
    """How many of these were graded by runs that were stopped."""
    by_stopped = journal.unfinished(root)
    return sum((submission.student, submission.lesson) in by_stopped for submission in known)


def _about(isolation: str) -> str:
    trust = " Learners' code runs as you: grade only notebooks that you trust." if isolation == "none" else ""
    return f"Isolation: {isolation}.{trust}"


def _find(folder: Path, wanted: Sequence[str]) -> list[Submission | Refusal]:
    known = [lesson.slug for lesson in all_lessons()]
    try:
        found = find_submissions(folder, known, wanted)
    except OSError as error:
        raise GradingError(
            f"{folder}: the submissions cannot be read ({error.strerror}); the layout is {LAYOUT}"
        ) from error
    if not any(isinstance(job, Submission) or job.attributed for job in found):
        of = f" of {', '.join(wanted)}" if len(wanted) < len(known) else ""
        refused = [job for job in found if isinstance(job, Refusal)]
        raise NoSubmissionsError(f"{folder}: no submission{of} there; the layout is {LAYOUT}", refused)
    limit = settings.in_force()["attempts"]["limit"]
    return [limited(job, limit) if isinstance(job, Submission) else job for job in found]


def _solution(lesson: str) -> Path:
    path = find_lesson(lesson).solution_notebook
    if not path.is_file():
        raise GradingError(f"{path} is missing; make it with: autograder build {lesson}")
    return path


def _refusal(graded: Graded) -> Refusal:
    job = graded.job
    return job if isinstance(job, Refusal) else Refusal(str(job), graded.reason, job.student, job.lesson)
