"""Grades a class: from a folder of submissions to grades.csv, a gradebook and a record of the run."""

import json
import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from autograder.course.lessons import all_lessons, find_lesson
from autograder.course.settings import COUNTS
from autograder.errors import CourseError, GradingError
from autograder.files import write_whole
from autograder.gradebook import database
from autograder.grading.console import ClassRun, progress, show_refusals, show_run
from autograder.grading.coordinator import Coordinator
from autograder.grading.engine import LOG, Engine, Graded
from autograder.grading.nbgrader_engine import NbgraderEngine
from autograder.grading.sandbox_engine import SandboxEngine
from autograder.results import journal
from autograder.results.disk_errors import FolderError
from autograder.results.folder_lock import FolderLock
from autograder.results.grades import ExerciseResult, merged, read_grades, write_grades
from autograder.results.score_changes import FILE as CHANGES
from autograder.results.score_changes import changes, write_changes
from autograder.submissions.find import (
    LAYOUT,
    Refusal,
    Submission,
    find_submissions,
)

DEFAULT_OUT = "graded"
GRADES, RECORD = "grades.csv", "run.json"
BEFORE = ".grades_before.csv"  # the grades as the last run that came to its end has left them, while another is on
AGAIN = "run the same command again to go on"


def grade_command(
    submissions: Path,
    out: Path | None,
    lesson: Sequence[str],
    workers: int,
    isolation: str,
    seed: int | None,
    attempts: str | None = None,
    db: str | None = None,
    scheduler: str | None = None,
) -> int:
    """`autograder grade`.

    Args:
        submissions: the folder with <student>/<lesson>/<lesson>.ipynb.
        out: where everything is written; None for `graded` beside `submissions`.
        lesson: the lessons to grade; all if none is named.
        workers: how many submissions at a time; as many as there are processors where it is 0.
        isolation: "bubblewrap" for a sandbox; "none" for nbgrader's own engine, without one.
        seed: fixes the fresh cases; without a sandbox there are none, and it is only noted in the record of the run.
        attempts: which of several attempts counts, "newest" or "best"; None for what course.toml says.
        db: the address of the gradebook's database; None for that of the output folder.
        scheduler: the address of a Dask cluster whose workers judge; None for this machine alone.

    Returns:
        The exit code: 0 all were graded, 1 some could not be and are listed, 2 nothing could be done, 130 stopped.
    """
    try:
        with _terminable(), progress() as on_progress:
            engine = _engine(isolation, seed, attempts, scheduler)
            run = grade_class(
                submissions, out, lesson, workers, isolation, seed, on_progress, engine, db, may_fork=True
            )
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
    show_run(run, run.root / GRADES)
    return 1 if run.refusals else 0


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


def grade_class(
    submissions: Path,
    out: Path | None = None,
    lessons: Sequence[str] = (),
    workers: int = 0,
    isolation: str = SandboxEngine.isolation,
    seed: int | None = None,
    on_progress: Callable[[str, int, int], None] = lambda message, done, count: None,
    engine: Engine | None = None,
    db: str | None = None,
    may_fork: bool = False,
) -> ClassRun:
    """Grade every submission; `submissions` is only read.

    Args:
        on_progress: called with what is being done, and how many of how many submissions are graded.
        engine: used in place of the one that offers the isolation.
        may_fork: as in `Coordinator`.
        Others as in `grade_command`.

    Raises:
        GradingError: nothing could be done, or not all; the message says what, where, and what to do.
        Stopped: by Ctrl-C; what was graded until then is in grades.csv.
    """
    engine = engine or _engine(isolation, seed)
    wanted = [find_lesson(slug) for slug in lessons] or list(all_lessons())
    found = _find(submissions, [lesson.slug for lesson in wanted])
    root = _output_folder(submissions, out)
    workers = workers or os.cpu_count() or 1
    with FolderLock(root) as lock, Coordinator(engine, root, workers, lock, may_fork) as coordinator:
        database.connect(root, db)
        jobs = [job for job in found if isinstance(job, Submission) or job.attributed]
        on_progress(_about(engine.isolation), 0, len(jobs))
        _keep_grades_before(root)
        known = _known(engine, jobs, root)
        tally = _Tally(len(jobs), len(known), _resumed(known, root), [row for rows in known.values() for row in rows])
        tally.refusals = [job for job in found if isinstance(job, Refusal) and not job.attributed]
        on_progress(_about_resumed(tally), tally.done, len(jobs))
        changed = sorted((job for job in jobs if job not in known), key=lambda job: job.lesson)
        notebooks = {job.lesson: _solution(job.lesson) for job in changed}
        try:
            with closing(coordinator):  # however this ends, nothing is graded once the tables are written
                for one in coordinator.grade_all(notebooks, changed):
                    tally.add(one)
                    on_progress("", tally.done, len(jobs))
        except KeyboardInterrupt:
            raise Stopped(_write_unfinished(tally, root, engine, seed, submissions)) from None
        except GradingError as error:
            if not tally.graded and not isinstance(error, FolderError):
                raise
            told = _write_unfinished(tally, root, engine, seed, submissions)
            raise GradingError(f"{error}; {told}; {AGAIN}") from error
        return _finish(tally, root, engine, seed, submissions)


@dataclass
class _Tally:
    """What a run has come to so far.

    Attributes:
        count: of the submissions to grade.
        known: of those that earlier runs have graded as they are.
        resumed: of the known, those that were graded by a run that was stopped.
        graded: of those that this run has graded.
        rows, refusals, cpu_seconds, judged: as in `ClassRun` and `Graded`.
    """

    count: int
    known: int
    resumed: int
    rows: list[ExerciseResult]
    refusals: list[Refusal] = field(default_factory=list)
    graded: int = 0
    cpu_seconds: float = 0.0
    judged: int = 0

    @property
    def done(self) -> int:
        """How many submissions have their verdicts."""
        return self.known + self.graded

    def add(self, found: Graded) -> None:
        """Take in what came of a submission."""
        self.rows += found.rows
        self.refusals += [_refusal(found)] if found.reason else []
        self.cpu_seconds, self.judged = self.cpu_seconds + found.cpu_seconds, self.judged + found.judged
        self.graded += 1


def _keep_grades_before(root: Path) -> None:
    """Keep the grades that scores are compared with, however often the run is stopped before it comes to its end."""
    if not (root / BEFORE).exists():
        with _writing(root):
            write_grades(root / BEFORE, read_grades(root / GRADES))


def _known(engine: Engine, jobs: Sequence[Submission | Refusal], root: Path) -> dict[Submission, list[ExerciseResult]]:
    try:
        return engine.known([job for job in jobs if isinstance(job, Submission)], root)
    except Exception as error:
        from sqlalchemy.exc import DatabaseError  # a third of a second to load, and seldom needed

        if not isinstance(error, sqlite3.DatabaseError | DatabaseError):
            raise
        told = f"journal or gradebook cannot be read ({str(error).splitlines()[0]})"
        raise GradingError(f"{root}: {told}; bring them back from a copy, or grade into a new folder") from error


def _resumed(known: Sequence[Submission], root: Path) -> int:
    """How many of these were graded by runs that were stopped."""
    by_stopped = journal.unfinished(root)
    return sum((submission.student, submission.lesson) in by_stopped for submission in known)


def _about_resumed(tally: _Tally) -> str:
    if not tally.resumed:
        return ""
    return f"Going on with a run that was stopped: {tally.resumed} of {tally.count} submissions were graded by it."


def _write_unfinished(tally: _Tally, root: Path, engine: Engine, seed: int | None, submissions: Path) -> str:
    """Write the grades so far; the sentence that says so."""
    told = f"{tally.done} of {tally.count} submissions are recorded"
    try:
        _write(tally, root, engine, seed, submissions, finished=False)
    except GradingError:
        return f"{told}, {GRADES} is as it was before"
    return f"{told}, {GRADES} has them"


def _finish(tally: _Tally, root: Path, engine: Engine, seed: int | None, submissions: Path) -> ClassRun:
    """Write the grades; whatever ends the process until this is done, the next run does it again."""
    run = _write(tally, root, engine, seed, submissions, finished=True)
    with _writing(root):
        journal.finish(root)
        (root / BEFORE).unlink()
    return run


def _write(tally: _Tally, root: Path, engine: Engine, seed: int | None, submissions: Path, finished: bool) -> ClassRun:
    rows = merged([], tally.rows)
    moved = tuple(changes(root, read_grades(root / BEFORE), rows))
    refusals = tuple(sorted(tally.refusals, key=str))
    run = ClassRun(root, tuple(rows), refusals, tally.known, tally.judged, moved, tally.resumed)
    with _writing(root):
        write_changes(root / CHANGES, moved)
        write_grades(root / GRADES, merged(read_grades(root / GRADES), rows))
        _write_record(run, engine, seed, submissions, tally.cpu_seconds, finished)
    return run


@contextmanager
def _writing(root: Path) -> Iterator[None]:
    """Where the disk is full, say, tell it in words."""
    try:
        yield
    except (OSError, sqlite3.OperationalError) as error:
        told = getattr(error, "strerror", None) or str(error)
        raise GradingError(f"{root}: cannot be written ({told}); mend that, then {AGAIN}") from error


def _engine(isolation: str, seed: int | None, attempts: str | None = None, scheduler: str | None = None) -> Engine:
    if attempts not in (None, *COUNTS):
        raise GradingError(f"--attempts {attempts}: there is {' or '.join(COUNTS)}")
    if scheduler is not None:
        return _cluster_engine(isolation, seed, attempts, scheduler)
    if isolation == SandboxEngine.isolation:
        return SandboxEngine(seed, attempts=attempts)
    if isolation == NbgraderEngine.isolation:
        return NbgraderEngine(attempts)
    offered = f"{SandboxEngine.isolation} or {NbgraderEngine.isolation}"
    raise GradingError(f"--isolation {isolation}: there is {offered}; `autograder doctor` says what works here")


def _cluster_engine(isolation: str, seed: int | None, attempts: str | None, scheduler: str) -> Engine:
    if isolation != SandboxEngine.isolation:
        raise GradingError(f"--scheduler grades in a sandbox; leave --isolation {isolation} out")
    if find_spec("distributed") is None:
        raise GradingError("--scheduler needs Dask; install it with: python -m pip install 'attention-course[dask]'")
    from autograder.grading.dask.engine import ClusterEngine

    return ClusterEngine(scheduler, seed, attempts=attempts)


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
        raise NoSubmissionsError(f"{folder}: no submission{of} there; the layout is {LAYOUT}", found)
    return found


def _solution(lesson: str) -> Path:
    path = find_lesson(lesson).solution_notebook
    if not path.is_file():
        raise GradingError(f"{path} is missing; make it with: autograder build {lesson}")
    return path


def _output_folder(submissions: Path, out: Path | None) -> Path:
    """The output folder, made if need be: an empty one, or one of an earlier run."""
    source = submissions.resolve()
    root = (out or source.parent / DEFAULT_OUT).resolve()
    if root == source or source in root.parents or root in source.parents:
        raise GradingError(
            f"{root}: the output and the submissions {source} cannot lie in one another; give --out elsewhere"
        )
    try:
        root.mkdir(parents=True, exist_ok=True)
        if any(root.iterdir()) and not (root / LOG).exists():
            raise GradingError(f"{root}: not empty, and no folder of an earlier run; give --out a new folder")
        (root / LOG).open("ab").close()
    except OSError as error:
        raise GradingError(
            f"{root}: cannot be used as output folder ({error.strerror}); give another with --out"
        ) from error
    return root


def _refusal(graded: Graded) -> Refusal:
    job = graded.job
    return job if isinstance(job, Refusal) else Refusal(str(job), graded.reason, job.student, job.lesson)


def _write_record(
    run: ClassRun, engine: Engine, seed: int | None, submissions: Path, cpu_seconds: float, finished: bool
) -> None:
    graded = {(result.student, result.lesson) for result in run.results}
    record = {
        "finished" if finished else "stopped": datetime.now(UTC).isoformat(timespec="seconds"),
        "engine": engine.name,
        "isolation": engine.isolation,
        "seed": seed,
        "submissions": str(submissions.resolve()),
        "graded": len(graded),
        "known": run.known,
        "resumed": run.resumed,  # of the known: graded by runs that were stopped
        "exercises_judged": run.judged,
        "scores_moved": len(run.changes),  # each is in changes.csv
        "submissions_cpu_seconds": round(cpu_seconds, 3),  # by cells and exercises of those graded now; 0 if unknown
        "could_not_be_graded": [asdict(refusal) for refusal in run.refusals],
    }
    text = json.dumps(record, indent=2, ensure_ascii=False)
    write_whole(run.root / RECORD, f"{text}\n".encode("utf-8", "backslashreplace"))
