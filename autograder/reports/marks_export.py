"""Marks as tables: by exercise, by lesson, for the course, and as Moodle and Canvas import them."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from autograder.csv_tables import plain_cell, write_table
from autograder.errors import GradingError
from autograder.reports.marks import LessonMark, Marks, Row
from autograder.submissions.roster import Student

TOTAL = "Course total"
CANVAS_COLUMNS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")


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


def show_missing(marks: Marks, exported: Sequence[Mapping[str, str]]) -> None:
    """Who has a mark and is not in Canvas's export."""
    there = {student for student in (_of_canvas(marks, row) for row in exported) if student}
    for student in (one for one in marks.students if one not in there and marks.total(one)):
        print(f"not in Canvas's export: {student.id} {student.name}".rstrip())
