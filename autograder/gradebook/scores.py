"""Scores in the gradebook, and the rows of the table of grades that follow from them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.gradebook.course_root import released, released_checks
from autograder.results.grades import ExerciseResult
from autograder.status import Status
from autograder.text import one_line
from autograder.verdict import Verdict
from lessons.toolkit.text import t

if TYPE_CHECKING:
    from nbgrader.api import Grade, Gradebook
    from nbgrader.coursedir import CourseDirectory


def save_scores(
    book: "Gradebook",
    lesson: str,
    student: str,
    statuses: Mapping[str, str],
    time: datetime | None = None,
    same: bool = False,
) -> None:
    """Give exercises with status "passed" their points; those with status "manual" wait for a person, others get none.

    Scores and comments given by hand stay; a person is asked to look again unless it is the `same` notebook that was
    entered before. `time` is when the submission was handed in, where that is known.
    """
    with _one_commit(book):
        book.update_or_create_student(student)
        book.update_or_create_submission(lesson, student, timestamp=time)
        notebook = book.find_submission_notebook(lesson, lesson, student)
        for grade in _grades(book, lesson, student):
            status = statuses.get(grade.name.removeprefix("check-"))
            grade.auto_score = _auto_score(grade, status)
            if not same or grade.manual_score is None:
                grade.needs_manual_grade = status == Status.MANUAL or grade.manual_score is not None
        for comment in notebook.comments:
            comment.auto_comment = "No response." if statuses.get(comment.name) == Status.NOT_ATTEMPTED else None


def _auto_score(grade: "Grade", status: str | None) -> float | None:
    return None if status == Status.MANUAL else grade.max_score if status == Status.PASSED else 0.0


def scores_hold(book: "Gradebook", lesson: str, student: str, statuses: Mapping[str, str]) -> bool:
    """Whether the gradebook has the scores that `save_scores` enters."""
    return all(
        grade.auto_score == _auto_score(grade, statuses.get(grade.name.removeprefix("check-")))
        for grade in _grades(book, lesson, student)
    )


def _grades(book: "Gradebook", lesson: str, student: str) -> list["Grade"]:
    """The grades of a submission in one query: each would fetch its cell and its maximum by itself.

    Raises:
        MissingEntry: there is no such submission.
    """
    from nbgrader.api import Grade
    from sqlalchemy.orm import joinedload, undefer

    notebook = book.find_submission_notebook(lesson, lesson, student)
    wanted = book.db.query(Grade).filter(Grade.notebook_id == notebook.id)
    return wanted.options(joinedload(Grade.cell), undefer(Grade.max_score)).all()


def results(
    book: "Gradebook",
    directory: "CourseDirectory",
    student: str,
    verdict_of: Callable[[str], Verdict],
) -> list[ExerciseResult]:
    """The rows of a submission: scores as the gradebook has them, status and reason as the verdicts say."""
    lesson = directory.assignment_id
    grades = {grade.name: grade for grade in _grades(book, lesson, student)}
    hours, share = _lateness(book, lesson, student)
    rows = []
    path = released(Path(directory.root), lesson)
    for name in released_checks(path, path.stat().st_mtime_ns):
        exercise, grade = name.removeprefix("check-"), grades[name]
        status, reason = _told(verdict_of(exercise), grade)
        points = (grade.score, grade.max_score)
        late = (hours, round(share * grade.score, 4))
        rows.append(ExerciseResult(student, lesson, exercise, *points, status, one_line(reason), *late))
    return rows


def _lateness(book: "Gradebook", lesson: str, student: str) -> tuple[float, float]:
    """By how many hours a submission is late, and which share of its score that costs."""
    submission = book.find_submission(lesson, student)
    score, penalty = submission.score, submission.late_submission_penalty or 0.0
    return round(submission.total_seconds_late / 3600, 2), penalty / score if score else 0.0


def _told(verdict: Verdict, grade: "Grade") -> tuple[Status, str]:
    """What a row says: the verdict, or that a person has given the points, and what the check found."""
    if grade.manual_score is None:
        if verdict.status == Status.MANUAL and not grade.needs_manual_grade:
            verdict = Verdict(verdict.exercise, Status.NOT_ATTEMPTED)
        return verdict.status, verdict.reason()
    if grade.name == verdict.exercise:
        return Status.MANUAL, str(t("scored by hand"))
    found = ", ".join(filter(None, [verdict.status, verdict.reason()]))
    return Status.MANUAL, str(t("scored by hand; the check says: {verdict}", verdict=found))


@contextmanager
def _one_commit(book: "Gradebook") -> Iterator[None]:
    """Commit once, at the end of the block: each commit waits for the disk, and nbgrader commits at every step."""
    commit, book.db.commit = book.db.commit, book.db.flush
    try:
        yield
        commit()
    finally:
        book.db.commit = commit
