"""When a submission was due and handed in, by the gradebook, and what lateness costs."""

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.submissions.attempts import in_utc
from autograder.submissions.find import Submission

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import AssignLatePenalties


def due_date(book: "Gradebook", lesson: str, student: str) -> datetime | None:
    """When a student's lesson is due: the extension that the student was given, in whichever way, is part of it."""
    from nbgrader.api import MissingEntry

    if (given := settings.extension(lesson, student)) is not None:
        return given.astimezone(UTC)
    try:
        return in_utc(book.find_submission(lesson, student).duedate)
    except MissingEntry:
        pass
    try:
        return in_utc(book.find_assignment(lesson).duedate)
    except MissingEntry:
        return None


def enter_extension(book: "Gradebook", lesson: str, student: str) -> None:
    """Enter the extension of course.toml where nbgrader keeps them; one that nbgrader was told of itself stays."""
    submission, until = book.find_submission(lesson, student), settings.extension(lesson, student)
    due, entered = in_utc(submission.assignment.duedate), submission.extension
    if until is not None and due is not None and entered != until - due:
        submission.extension = until - due
        book.db.commit()


def take_back_extension(book: "Gradebook", lesson: str, student: str) -> None:
    """Take out an extension that came from course.toml, where that names none any more."""
    from nbgrader.api import MissingEntry

    if settings.extension(lesson, student) is not None:
        return
    try:
        book.find_submission(lesson, student).extension = None
    except MissingEntry:
        return
    book.db.commit()


def extension_holds(book: "Gradebook", lesson: str, student: str) -> bool:
    """Whether the gradebook has the extension that course.toml gives."""
    submission, until = book.find_submission(lesson, student), settings.extension(lesson, student)
    return until is None or submission.assignment.duedate is None or in_utc(submission.duedate) == until


def handed_in(book: "Gradebook", directory: "CourseDirectory", submission: Submission) -> datetime | None:
    """When a submission was handed in, by the gradebook; None where it does not say."""
    from nbgrader.api import MissingEntry

    try:
        return in_utc(book.find_submission(directory.assignment_id, submission.student).timestamp)
    except MissingEntry:
        return None


def late_penalty(directory: "CourseDirectory", student: str, score: float, seconds: float) -> float:
    """The points that a score loses by being late, as nbgrader's plugin says that the folder's settings name."""
    if seconds <= 0:
        return 0.0
    step = _penalties(directory)
    step.init_plugin()
    penalty = step.plugin_inst.late_submission_penalty(student, score, seconds)
    return min(max(penalty or 0.0, 0.0), score)


def save_penalty(directory: "CourseDirectory", book: "Gradebook", student: str) -> None:
    """Let nbgrader enter the penalty for a late submission, or take back one that no longer holds."""
    from nbformat.v4 import new_notebook

    lesson = directory.assignment_id
    entered = book.find_submission(lesson, student)
    if entered.total_seconds_late > 0 or entered.late_submission_penalty:
        names = {"notebook": lesson, "assignment": lesson, "student": student, "db_url": directory.db_url}
        _penalties(directory).preprocess(new_notebook(), {"nbgrader": names})
        book.db.expire_all()


def penalty_holds(directory: "CourseDirectory", book: "Gradebook", student: str) -> bool:
    """Whether the penalty in the gradebook is the one that the score, due date and extension of today give."""
    entered = book.find_submission(directory.assignment_id, student)
    wanted = late_penalty(directory, student, entered.score, entered.total_seconds_late)
    return math.isclose(entered.late_submission_penalty, wanted, abs_tol=1e-9)


def _penalties(directory: "CourseDirectory") -> "AssignLatePenalties":
    from nbgrader.preprocessors import AssignLatePenalties

    return AssignLatePenalties(config=directory.config)
