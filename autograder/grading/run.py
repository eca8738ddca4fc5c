"""Grades a class: from a folder of submissions to grades.csv, a gradebook and a record of the run."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from autograder import course
from autograder.course import CourseError
from autograder.course_settings import COUNTS
from autograder.grading import database
from autograder.grading.changes import FILE as CHANGES
from autograder.grading.changes import changes, write_changes
from autograder.grading.nbgrader_engine import NbgraderEngine
from autograder.grading.report import ClassRun, progress, show_refusals, show_run
from autograder.grading.results import GradingError, merged, read_grades, write_grades
from autograder.grading.sandbox_engine import SandboxEngine
from autograder.grading.submissions import (
    LAYOUT,
    Refusal,
    Submission,
    find_submissions,
)
from autograder.grading.workers import LOG, Engine, Graded, grade_all

DEFAULT_OUT = "graded"
GRADES, RECORD = "grades.csv", "run.json"


def grade_command(
    submissions: Path,
    out: Path | None,
    lesson: Sequence[str],
    workers: int,
    isolation: str,
    seed: int | None,
    attempts: str | None = None,
    db: str | None = None,
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

    Returns:
        The exit code: 0 all were graded, 1 some could not be and are listed, 2 nothing could be done, 130 stopped.
    """
    try:
        with progress() as on_progress:
            engine = _engine(isolation, seed, attempts)
            run = grade_class(submissions, out, lesson, workers, isolation, seed, on_progress, engine, db)
    except NoSubmissionsError as error:
        show_refusals(error.refusals)
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except CourseError as error:
        print(f"autograder: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"autograder: stopped; {GRADES} is as it was before. Run the command again to grade.", file=sys.stderr)
        return 130
    show_run(run, run.root / GRADES)
    return 1 if run.refusals else 0


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
) -> ClassRun:
    """Grade every submission; `submissions` is only read.

    Args:
        on_progress: called with what is being done, and how many of how many submissions are graded.
        engine: used in place of the one that offers the isolation.
        Others as in `grade_command`.

    Raises:
        GradingError: nothing could be done; the message says what, where, and what to do.
    """
    engine = engine or _engine(isolation, seed)
    wanted = [course.find_lesson(slug) for slug in lessons] or list(course.all_lessons())
    found = _find(submissions, [lesson.slug for lesson in wanted])
    root = _output_folder(submissions, out)
    database.connect(root, db)
    earlier = read_grades(root / GRADES)
    jobs = [job for job in found if isinstance(job, Submission) or job.attributed]
    on_progress(_about(engine.isolation), 0, len(jobs))
    known = engine.known([job for job in jobs if isinstance(job, Submission)], root)
    results = [row for rows in known.values() for row in rows]
    refusals = [job for job in found if isinstance(job, Refusal) and not job.attributed]
    changed = sorted((job for job in jobs if job not in known), key=lambda job: job.lesson)
    notebooks = {job.lesson: _solution(job.lesson) for job in changed}
    cpu_seconds, judged = 0.0, 0
    graded = grade_all(engine, root, notebooks, changed, workers or os.cpu_count() or 1)
    for done, found in enumerate(graded, len(known) + 1):
        results += found.rows
        refusals += [_refusal(found)] if found.reason else []
        cpu_seconds, judged = cpu_seconds + found.cpu_seconds, judged + found.judged
        on_progress("", done, len(jobs))
    rows = merged([], results)
    moved = tuple(changes(root, earlier, rows))
    run = ClassRun(root, tuple(rows), tuple(sorted(refusals, key=str)), len(known), judged, moved)
    write_grades(root / GRADES, merged(earlier, results))
    write_changes(root / CHANGES, moved)
    _write_record(run, engine, seed, submissions, cpu_seconds)
    return run


def _engine(isolation: str, seed: int | None, attempts: str | None = None) -> Engine:
    if attempts not in (None, *COUNTS):
        raise GradingError(f"--attempts {attempts}: there is {' or '.join(COUNTS)}")
    if isolation == SandboxEngine.isolation:
        return SandboxEngine(seed, attempts=attempts)
    if isolation == NbgraderEngine.isolation:
        return NbgraderEngine(attempts)
    offered = f"{SandboxEngine.isolation} or {NbgraderEngine.isolation}"
    raise GradingError(f"--isolation {isolation}: there is {offered}; `autograder doctor` says what works here")


def _about(isolation: str) -> str:
    trust = " Learners' code runs as you: grade only notebooks that you trust." if isolation == "none" else ""
    return f"Isolation: {isolation}.{trust}"


def _find(folder: Path, wanted: Sequence[str]) -> list[Submission | Refusal]:
    known = [lesson.slug for lesson in course.all_lessons()]
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
    path = course.find_lesson(lesson).solution_notebook
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


def _write_record(run: ClassRun, engine: Engine, seed: int | None, submissions: Path, cpu_seconds: float) -> None:
    graded = {(result.student, result.lesson) for result in run.results}
    record = {
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "engine": engine.name,
        "isolation": engine.isolation,
        "seed": seed,
        "submissions": str(submissions.resolve()),
        "graded": len(graded),
        "known": run.known,
        "exercises_judged": run.judged,
        "scores_moved": len(run.changes),  # each is in changes.csv
        "submissions_cpu_seconds": round(cpu_seconds, 3),  # by cells and exercises of those graded now; 0 if unknown
        "could_not_be_graded": [asdict(refusal) for refusal in run.refusals],
    }
    text = json.dumps(record, indent=2, ensure_ascii=False)
    (run.root / RECORD).write_text(text + "\n", encoding="utf-8", errors="backslashreplace")
