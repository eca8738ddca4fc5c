"""`autograder marks`: what the gradebook says, by exercise, by lesson, for the course, for Moodle and for Canvas."""

import csv
import subprocess
import sysconfig
from datetime import datetime
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.csv_tables import harmless_cell, number, plain_cell, write_table
from autograder.errors import GradingError
from autograder.gradebook.course_root import CONFIG, CONFIG_FILE
from autograder.gradebook.nbgrader_patch import mark_gradebooks_at_once
from autograder.reports.marks import read_marks
from autograder.reports.marks_export import read_canvas, tables
from autograder.results.grades import ExerciseResult, read_grades, write_grades
from autograder.submissions.roster import Roster, Student

FIRST, SECOND = "01_seq2seq", "02_context_limit"

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # nbgrader's own use of its libraries
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """A folder with two lessons: kim has both, one of them late; lee has one and waits for a person; "=1+1" nothing."""
    mark_gradebooks_at_once()
    (tmp_path / CONFIG_FILE).write_text(CONFIG)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        for lesson, names in ((FIRST, ("check-encoder", "check-decoder")), (SECOND, ("check-sweep", "why"))):
            book.add_assignment(lesson, duedate="2026-03-09 12:00:00 UTC")
            book.add_notebook(lesson, lesson)
            for name in names:
                book.add_grade_cell(name, lesson, lesson, max_score=2, cell_type="code")
        for student in ("kim", "lee", "=1+1"):
            book.add_student(student)
        enter(book, FIRST, "kim", {"check-encoder": 2, "check-decoder": 0}, by_hand={"check-decoder": 0.5})
        enter(book, SECOND, "kim", {"check-sweep": 2, "why": None}, by_hand={"why": 1}, late=1.25)
        enter(book, SECOND, "lee", {"check-sweep": 0, "why": None})
    return tmp_path


def enter(
    book: Gradebook, lesson: str, student: str, scores: dict, by_hand: dict | None = None, late: float = 0
) -> None:
    book.add_submission(lesson, student, timestamp="2026-03-10 13:30:00 UTC" if late else "2026-03-09 11:00:00 UTC")
    notebook = book.find_submission_notebook(lesson, lesson, student)
    notebook.late_submission_penalty = late
    for grade in notebook.grades:
        grade.auto_score, grade.manual_score = scores[grade.name], (by_hand or {}).get(grade.name)
        grade.needs_manual_grade = grade.auto_score is None and grade.manual_score is None
    book.db.commit()


def marks(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["marks", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_course_has_every_student_and_the_sum(root):
    said = marks(root)
    rows = {row["student"]: row for row in table(root / "marks" / "course.csv")}
    assert list(rows) == ["'=1+1", "kim", "lee"]
    kim = {"student": "kim", "name": "", "email": "", FIRST: "2.5", SECOND: "1.75"}
    assert rows["kim"] == {**kim, "total": "4.25", "max_total": "8", "percent": "53.12"}
    assert (rows["lee"][FIRST], rows["lee"][SECOND], rows["lee"]["total"]) == ("", "0", "0")
    assert "3 students, 2 lessons, 8 points" in said
    assert "Not final: 1 answers wait" in said


def test_lessons_have_lateness_and_what_waits(root):
    marks(root)
    rows = {(row["student"], row["lesson"]): row for row in table(root / "marks" / "by_lesson.csv")}
    assert set(rows) == {("kim", FIRST), ("kim", SECOND), ("lee", SECOND)}
    late = rows["kim", SECOND]
    assert (late["mark"], late["score"], late["late_penalty"], late["hours_late"]) == ("1.75", "3", "1.25", "25.5")
    assert late["handed_in"] == "2026-03-10T13:30:00+00:00"
    assert [rows[key]["waiting"] for key in rows] == ["0", "0", "1"]


def test_exercises_say_who_gave_the_points(root):
    marks(root, "--to", root / "there")
    rows = {(row["student"], row["exercise"]): row for row in table(root / "there" / "by_exercise.csv")}
    assert set(rows) == {("kim", name) for name in ("encoder", "decoder", "sweep", "why")} | {
        ("lee", "sweep"),
        ("lee", "why"),
    }
    by_hand = rows["kim", "decoder"]
    assert [by_hand[name] for name in ("score", "max_score", "by_checks", "by_hand")] == ["0.5", "2", "0", "0.5"]
    assert (rows["lee", "why"]["by_checks"], rows["lee", "why"]["waits"]) == ("", "yes")


def test_moodles_import_has_whom_the_roster_names(root):
    roster = root / "roster.csv"
    roster.write_text("id,name,email\nkim,Kim Hana,kim@school.kr\nnew,=HYPERLINK(1),\n", encoding="utf-8")
    marks(root, "--roster", roster)
    rows = {row["ID number"]: row for row in table(root / "marks" / "moodle.csv")}
    assert list(rows) == ["'=1+1", "kim", "lee", "new"]
    assert rows["kim"]["Email address"] == "kim@school.kr"
    assert (rows["kim"][FIRST], rows["kim"]["Course total"]) == ("2.5", "4.25")
    assert (rows["new"]["Full name"], rows["new"][FIRST], rows["new"]["Course total"]) == ("'=HYPERLINK(1)", "", "0")


def test_canvas_import_begins_with_the_points_that_there_are(root):
    marks(root)
    points, *rows = table(root / "marks" / "canvas.csv")
    assert points["Student"].strip() == "Points Possible"
    assert (points[FIRST], points[SECOND], points["ID"]) == ("4", "4", "")
    assert {row["SIS User ID"]: row[FIRST] for row in rows} == {"'=1+1": "", "kim": "2.5", "lee": ""}


def test_canvas_own_export_is_filled_in(root):
    export = root / "canvas_export.csv"
    columns = "Student,ID,SIS User ID,SIS Login ID,Section,Quiz (7)\n"
    rows = '    Points Possible,,,,,10\n"Kim, Hana",900,kim,kim@s,A,3\n"Else, Someone",901,x,x@s,A,4\n'
    export.write_text("\ufeff" + columns + rows, encoding="utf-8")
    said = marks(root, "--canvas", export)
    points, *found = table(root / "marks" / "canvas.csv")
    assert points[FIRST] == "4"
    assert [(row["Student"], row["ID"], row["Section"], row[SECOND]) for row in found] == [
        ("Kim, Hana", "900", "A", "1.75")
    ]
    assert "Quiz (7)" not in points
    assert "not in Canvas's export" not in said  # lee has no points yet
    export.write_text(columns + '"Lee, Duri",902,lee,,A,3\n', encoding="utf-8")
    assert "not in Canvas's export: kim" in marks(root, "--canvas", export)
    export.write_text("name\nkim\n", encoding="utf-8")
    with pytest.raises(GradingError, match="expected Canvas's columns"):
        read_canvas(export)


def test_students_collected_from_canvas_are_found_by_their_number(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.add_student("kimhana_900")
        found = read_marks(book, Roster([Student("other", "Kim", "", "77")]))
    exported = [{"Student": "Kim", "ID": "900"}, {"Student": "K", "ID": "77"}, {"Student": "Z", "ID": "1"}]
    _, rows = tables(found, exported)["canvas.csv"]
    assert [row["ID"] for row in rows] == ["", "900", "77"]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["moodle", "canvas"])
def test_nbgrader_exports_the_same_tables(root, name):
    marks(root)
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    exporter = f"--exporter=autograder.nbgrader_plugins.{name.title()}Export"
    done = subprocess.run([program, "export", exporter, "--to=out.csv"], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (root / "out.csv").read_bytes() == (root / "marks" / f"{name}.csv").read_bytes()


def test_a_folder_of_something_else_is_refused(tmp_path):
    with pytest.raises(GradingError, match="no folder of `autograder grade`"):
        CliRunner().invoke(app, ["marks", str(tmp_path)], catch_exceptions=False)


class TestFormulas:
    @pytest.mark.parametrize("text", ["=1+1", "+cmd|'/C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "  =1", "'=1", "''=1"])
    def test_what_a_spreadsheet_would_compute_is_kept_as_text(self, text):
        assert harmless_cell(text) == f"'{text}"
        assert plain_cell(harmless_cell(text)) == text

    @pytest.mark.parametrize("text", ["", "kim", "-3.5", "+7", "O'Neil", "'quoted'", "a=b", "김"])
    def test_other_texts_and_numbers_stay(self, text):
        assert harmless_cell(text) == plain_cell(text) == text

    def test_the_grades_of_a_student_of_such_a_name_are_read_back(self, tmp_path):
        rows = [ExerciseResult("=1+1", FIRST, "@x", 1, 2, "failed", "-1 is not 2")]
        write_grades(tmp_path / "grades.csv", rows)
        assert read_grades(tmp_path / "grades.csv") == rows
        assert "\n'=1+1,01_seq2seq,'@x,1,2,failed,'-1 is not 2,0,0\n" in (tmp_path / "grades.csv").read_text()

    def test_numbers_are_exact_and_short(self, tmp_path):
        assert [number(value) for value in (3.0, 0.1 + 0.2, 1 / 3, 1234567.5)] == [
            "3",
            "0.3",
            "0.3333333333",
            "1234567.5",
        ]
        write_table(tmp_path / "t.csv", ["a"], [{"a": datetime(2026, 3, 9)}])
        assert (tmp_path / "t.csv").read_text() == "a\n2026-03-09 00:00:00\n"
