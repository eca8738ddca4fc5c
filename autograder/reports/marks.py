"""Marks out of the gradebook: by exercise, by lesson, for the course, and as Moodle and Canvas import them.

The gradebook is the truth: points given by hand and late penalties count. A lesson that a student did not hand in has
no mark, and counts as none in the sum of the course.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.csv_tables import number, plain_cell, write_table
from autograder.errors import GradingError
from autograder.gradebook import course_root, lateness
from autograder.submissions.roster import Roster, Student, read_roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, SubmittedAssignment
    from nbgrader.api import Student as EnteredStudent

FOLDER = "marks"
TOTAL = "Course total"
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

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


def by_exercise(marks: Marks) -> Iterator[Row]:
    """One row for each exercise that was handed in."""
    for student, lesson, mark in _handed_in(marks):
        for exercise, row in sorted(mark.exercises.items()):
            yield {"student": student.id, "lesson": lesson, "exercise": exercise, **row}


def by_lesson(marks: Marks) -> Iterator[Row]:
    """One row for each lesson that was handed in."""
    for student, lesson, mark in _handed_in(marks):
        yield {
            "student": student.id,
            "lesson": lesson,
            "mark": mark.mark,
            "max_mark": mark.max_score,
            "score": mark.score,
            "late_penalty": mark.penalty,
            "waiting": mark.waiting,
            "handed_in": mark.handed_in.isoformat() if mark.handed_in else "",
            "hours_late": round(mark.seconds_late / 3600, 2),
        }


def of_course(marks: Marks) -> Iterator[Row]:
    """One row for each student."""
    for student in marks.students:
        own = {lesson: marks.of(student, lesson) for lesson in marks.lessons}
        total = marks.total(student)
        percent = round(100 * total / marks.most, 2) if marks.most else 0
        sums = {"total": total, "max_total": marks.most, "percent": percent}
        yield {"student": student.id, "name": student.name, "email": student.email, **own, **sums}


def for_moodle(marks: Marks) -> Iterator[Row]:
    """Moodle's import (Grades > Import > CSV file): map by `ID number`, `Username` or `Email address`."""
    for student in marks.students:
        who = {
            "ID number": student.id,
            "Username": student.id,
            "Full name": student.name,
            "Email address": student.email,
        }
        yield {**who, **{lesson: marks.of(student, lesson) for lesson in marks.lessons}, TOTAL: marks.total(student)}


def for_canvas(marks: Marks, exported: Sequence[Mapping[str, str]] = ()) -> Iterator[Row]:
    """Canvas's import (Grades > Import): a first row with the points that there are, then the students.

    Args:
        exported: rows of Canvas's own export, whose students and numbers are then kept; those whose id or login is no
            student's here are left out.
    """
    yield {**dict.fromkeys(CANVAS_COLUMNS, ""), "Student": "    Points Possible", **marks.lessons}
    there = [(_of_canvas(marks, row), dict(row)) for row in exported]
    own = ((student, _canvas_student(student)) for student in marks.students)
    for student, row in there if exported else own:
        if student is not None:
            kept = {name: row.get(name, "") for name in CANVAS_COLUMNS}
            yield {**kept, **{lesson: marks.of(student, lesson) for lesson in marks.lessons}}


def _canvas_student(student: Student) -> Row:
    login = student.email or student.id
    return {
        "Student": student.name or student.id,
        "ID": student.canvas_id,
        "SIS User ID": student.id,
        "SIS Login ID": login,
    }


def _of_canvas(marks: Marks, row: Mapping[str, str]) -> Student | None:
    """The student whom a row of Canvas's export is about."""
    keys = [row.get(name) for name in CANVAS_COLUMNS[1:4]]
    number, sis, login = (plain_cell(key or "").strip() for key in keys)
    for student in marks.students:
        names = {student.id, student.email} - {""}
        by_number = number and (number == student.canvas_id or student.id.endswith(f"_{number}"))
        if by_number or sis in names or login in names:
            return student
    return None


def read_canvas(path: Path) -> list[dict[str, str]]:
    """The students' rows of a gradebook that Canvas exported.

    Raises:
        GradingError: it cannot be read or lacks Canvas's columns.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if not {"Student", "ID"} <= set(table.fieldnames or ()):
                raise GradingError(f"{path}: expected Canvas's columns {', '.join(CANVAS_COLUMNS)}; export it again")
            return [row for row in table if (row["ID"] or "").strip()]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{path}: cannot be read ({error}); give the gradebook as Canvas exports it") from error


def _handed_in(marks: Marks) -> Iterator[tuple[Student, str, LessonMark]]:
    for student in marks.students:
        for lesson in marks.lessons:
            if (student.id, lesson) in marks.marks:
                yield student, lesson, marks.marks[student.id, lesson]


_BY_EXERCISE = ("student", "lesson", "exercise", "score", "max_score", "by_checks", "by_hand", "waits")
_BY_LESSON = ("student", "lesson", "mark", "max_mark", "score", "late_penalty", "waiting", "handed_in", "hours_late")


def tables(marks: Marks, exported: Sequence[Mapping[str, str]] = ()) -> dict[str, tuple[Sequence[str], Iterable[Row]]]:
    """Columns and rows of every table, by the name of its file."""
    lessons, whom = tuple(marks.lessons), ("ID number", "Username", "Full name", "Email address")
    return {
        "by_exercise.csv": (_BY_EXERCISE, by_exercise(marks)),
        "by_lesson.csv": (_BY_LESSON, by_lesson(marks)),
        "course.csv": (("student", "name", "email", *lessons, "total", "max_total", "percent"), of_course(marks)),
        "moodle.csv": ((*whom, *lessons, TOTAL), for_moodle(marks)),
        "canvas.csv": ((*CANVAS_COLUMNS, *lessons), for_canvas(marks, exported)),
    }


def write_marks(marks: Marks, folder: Path, exported: Sequence[Mapping[str, str]] = ()) -> list[Path]:
    """Write every table; return the files.

    Raises:
        GradingError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = tables(marks, exported)
        for name, (columns, rows) in found.items():
            write_table(folder / name, columns, rows)
    except OSError as error:
        raise GradingError(f"{folder}: cannot be written ({error.strerror})") from error
    return [folder / name for name in found]


def marks_command(root: Path, roster: Path | None, canvas: Path | None, to: Path | None) -> int:
    """`autograder marks`.

    Raises:
        GradingError: `root` is no output folder, or a file cannot be read or written.
    """
    if not (root / course_root.CONFIG_FILE).is_file():
        raise GradingError(
            f"{root}: no folder of `autograder grade`; give the one that holds {course_root.CONFIG_FILE}"
        )
    exported = read_canvas(canvas) if canvas else []
    members = read_roster(roster) if roster else None
    with course_root.gradebook(course_root.course_directory(root.resolve(), "")) as book:
        marks = read_marks(book, members)
        outdated = _outdated_penalties(root.resolve(), book, marks)
    for path in write_marks(marks, to or root / FOLDER, exported):
        print(path)
    waiting = sum(mark.waiting for mark in marks.marks.values())
    print(f"{len(marks.students)} students, {len(marks.lessons)} lessons, {number(marks.most)} points.")
    if waiting:
        print(f"Not final: {waiting} answers wait to be graded by hand (formgrader shows them).")
    if outdated:
        print(f"Not final: {outdated} late submissions lose what they lost before they were graded by hand.")
        print("Run `autograder grade` again, with the submissions, then this.")
    if canvas:
        _show_missing(marks, exported)
    return 0


def _outdated_penalties(root: Path, book: "Gradebook", marks: Marks) -> int:
    """How many late submissions have a penalty that is not what their score of today loses."""
    found = 0
    for lesson in marks.lessons:
        directory = course_root.course_directory(root, lesson)
        entered = {who: mark for (who, of), mark in marks.marks.items() if of == lesson}
        late = [who for who, mark in entered.items() if mark.seconds_late > 0 or mark.penalty]
        found += sum(not lateness.penalty_holds(directory, book, student) for student in late)
    return found


def _show_missing(marks: Marks, exported: Sequence[Mapping[str, str]]) -> None:
    """Who has a mark and is not in Canvas's export."""
    there = {student for student in (_of_canvas(marks, row) for row in exported) if student}
    for student in (one for one in marks.students if one not in there and marks.total(one)):
        print(f"not in Canvas's export: {student.id} {student.name}".rstrip())
