"""Which attempt of a submission counts, by what the gradebook knows of due dates, extensions and penalties."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from autograder.course import settings
from autograder.gradebook import lateness
from autograder.results.journal import Entry
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.attempts import counting, seconds_late, with_grace

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


def counted(
    book: "Gradebook", directory: "CourseDirectory", student: str, tried: Mapping[Attempt, Entry], rule: str
) -> Attempt:
    """The attempt that counts, of those that could be read, oldest first."""
    lesson = directory.assignment_id
    due = lateness.due_date(book, lesson, student)

    def net(attempt: Attempt) -> float:
        passed = (name for name, verdict in tried[attempt].verdicts.items() if verdict.passed)
        score = sum(settings.points(lesson, name) for name in passed)
        return score - lateness.late_penalty(directory, student, score, seconds_late(attempt, due))

    return counting(list(tried), with_grace(due), rule, net)
