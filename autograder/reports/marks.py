"""Marks out of the gradebook: by exercise, by lesson, for the course, and as Moodle and Canvas import them.

The gradebook is the truth: points given by hand and late penalties count. A lesson that a student did not hand in has
no mark, and counts as none in the sum of the course.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from autograder.submissions.roster import Roster, Student

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedAssignment
    from nbgrader.api import Student as EnteredStudent

Row = dict[str, object]


@dataclass(frozen=True)
class LessonMark:
    """A student's mark for a lesson.

    Attributes:
        score: the points of all exercises and written answers.
        penalty: what being late costs.
        max_score: the points that there are.
        waiting: how many answers wait to be graded by hand.
        handed_in: when, in UTC, where that is known.
        seconds_late: after the due date, extensions included.
        exercises: nbgrader's rows by exercise: score, max_score, by_checks, by_hand, waits.
    """

    score: float
    penalty: float
    max_score: float
    waiting: int
    handed_in: datetime | None
    seconds_late: float
    exercises: Mapping[str, Row]

    @property
    def mark(self) -> float:
        """What counts."""
        return max(0.0, self.score - self.penalty)


@dataclass(frozen=True)
class Marks:
    """The marks of a class.

    Attributes:
        lessons: lesson -> the points that there are, in order.
        students: the class, by id.
        marks: by student's id and lesson; nothing where nothing was handed in.
    """

    lessons: Mapping[str, float]
    students: tuple[Student, ...]
    marks: Mapping[tuple[str, str], LessonMark]

    def of(self, student: Student, lesson: str) -> float | str:
        """A mark, or "" where nothing was handed in."""
        found = self.marks.get((student.id, lesson))
        return "" if found is None else found.mark

    def total(self, student: Student) -> float:
        """The sum of a student's marks."""
        return sum(
            self.marks[key].mark for key in ((student.id, lesson) for lesson in self.lessons) if key in self.marks
        )

    @property
    def most(self) -> float:
        """The points of all lessons."""
        return sum(self.lessons.values())


def read_marks(book: "Gradebook", roster: Roster | None = None) -> Marks:
    """The marks in a gradebook; a roster adds who handed in nothing, and everyone's name and address."""
    lessons = {assignment.name: assignment.max_score for assignment in book.assignments}
    known = {one.id: one for one in (roster.students if roster else ())}
    entered = {one.id: _student(one) for one in book.students}
    students = entered | known
    marks = {
        (submission.student.id, lesson): _lesson_mark(submission)
        for lesson in lessons
        for submission in book.assignment_submissions(lesson)
    }
    return Marks(dict(sorted(lessons.items())), tuple(students[name] for name in sorted(students)), marks)


def _student(entered: "EnteredStudent") -> Student:
    name = " ".join(part for part in (entered.first_name, entered.last_name) if part)
    return Student(entered.id, name, entered.email or "", entered.lms_user_id or "")


def _lesson_mark(submission: "SubmittedAssignment") -> LessonMark:
    grades = sorted((grade for notebook in submission.notebooks for grade in notebook.grades), key=lambda one: one.id)
    exercises = {
        grade.name.removeprefix("check-"): {
            "score": grade.score,
            "max_score": grade.max_score,
            "by_checks": "" if grade.auto_score is None else grade.auto_score,
            "by_hand": "" if grade.manual_score is None else grade.manual_score,
            "waits": "yes" if grade.needs_manual_grade else "",
        }
        for grade in grades
    }
    waiting = sum(1 for grade in grades if grade.needs_manual_grade)
    handed_in = submission.timestamp and submission.timestamp.replace(tzinfo=UTC)
    penalty, late = submission.late_submission_penalty, submission.total_seconds_late
    return LessonMark(submission.score, penalty, submission.max_score, waiting, handed_in, late, exercises)
