"""`autograder marks`: the marks of a class as tables, and what of them is not final."""

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from autograder.csv_tables import number
from autograder.errors import GradingError
from autograder.gradebook import course_root, lateness
from autograder.submissions.roster import read_roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

from autograder.reports.marks import Marks, read_marks
from autograder.reports.marks_export import read_canvas, show_missing, write_marks

FOLDER = "marks"


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
        print(f"Not final: {waiting} answers wait to be graded by hand: run `autograder rubric {root}`.")
    if outdated:
        print(f"Not final: {outdated} late submissions lose what they lost before they were graded by hand.")
        print("Run `autograder grade` again, with the submissions, then this.")
    if members:
        _show_others(marks, {one.id for one in members.students}, root)
    if canvas:
        show_missing(marks, exported)
    return 0


def _show_others(marks: Marks, members: Collection[str], root: Path) -> None:
    """Say whose marks are there though the class list does not have them: a mark is never lost to a slip in a list."""
    others = [one.id for one in marks.students if one.id not in members]
    if others:
        print(f"Not on the class list: {', '.join(others)}.")
        print(f"Whoever has left the class, `autograder forget STUDENT {root}` takes out.")


def _outdated_penalties(root: Path, book: "Gradebook", marks: Marks) -> int:
    """How many late submissions have a penalty that is not what their score of today loses."""
    found = 0
    for lesson in marks.lessons:
        directory = course_root.course_directory(root, lesson)
        entered = {who: mark for (who, of), mark in marks.marks.items() if of == lesson}
        late = [who for who, mark in entered.items() if mark.seconds_late > 0 or mark.penalty]
        found += sum(not lateness.penalty_holds(directory, book, student) for student in late)
    return found
