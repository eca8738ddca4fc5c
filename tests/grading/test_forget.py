"""`autograder forget`: nothing of a student stays, nothing of another one goes, and it says what went."""

import csv
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import grading_cases as cases
import pytest
from judge_cases import solved
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import GradingError
from autograder.gradebook import course_root
from autograder.results.grades import read_grades
from autograder.submissions.receipts import COLLECTED, add_receipts

LESSON = cases.LESSON
GONE, STAYS = "kim.hana", "kim"  # one name is the beginning of the other

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox_or_skip) -> Path:
    """A class of three, graded, with points by hand, marks, a report and a page of feedback."""
    folder = tmp_path_factory.mktemp("term")
    first, second = (cases.hand_in(folder / "submitted", student, solved()) for student in (GONE, STAYS))
    later = folder / "submitted" / GONE / LESSON / "attempts" / "2026-03-12T000000Z" / f"{LESSON}.ipynb"
    later.parent.mkdir(parents=True)
    later.write_text("no notebook")
    cases.hand_in(folder / "submitted", "김", "no notebook")
    places = [path.relative_to(folder / "submitted").as_posix() for path in (first, second, later)]
    told = {"outcome": COLLECTED, "handed_in": datetime(2026, 3, 12, tzinfo=UTC)}
    add_receipts(folder / "submitted", [{**told, "student": place.split("/")[0], "place": place} for place in places])
    cases.grade(folder / "submitted", folder / "graded")
    with course_root.gradebook(course_root.course_directory(folder / "graded", LESSON)) as book:
        book.find_comment(cases.EXERCISES[0], LESSON, LESSON, GONE).manual_comment = "Well done, Hana."
        book.db.commit()
    page = folder / "graded" / "feedback" / GONE / LESSON / f"{LESSON}.html"
    page.parent.mkdir(parents=True)
    page.write_text("<html>")
    return folder


@pytest.fixture
def folder(graded, tmp_path) -> Path:
    """A copy of it, at a place of its own."""
    shutil.copytree(graded, tmp_path / "term", symlinks=True)
    return tmp_path / "term"


def files_that_hold(folder: Path, text: str) -> list[str]:
    """The files whose name or content has a text, databases too."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    held = [path for path in found if text in str(path.relative_to(folder)) or text.encode() in path.read_bytes()]
    return sorted(str(path.relative_to(folder)) for path in held)


def forget(folder: Path, student: str, *options: str) -> str:
    return run("forget", student, folder / "graded", "--submissions", folder / "submitted", *options)


def test_nothing_of_the_student_stays_in_any_file(folder):
    run("marks", folder / "graded")
    run("report", folder / "graded")
    assert len(files_that_hold(folder, GONE)) > 8
    forget(folder, GONE)
    assert files_that_hold(folder, GONE) == []
    assert files_that_hold(folder, "Well done, Hana.") == []


def test_nothing_of_the_others_goes(folder):
    others = {STAYS, "김"}
    before = {row for row in read_grades(folder / "graded" / "grades.csv") if row.student in others}
    forget(folder, GONE)
    assert set(read_grades(folder / "graded" / "grades.csv")) == before
    assert (folder / "submitted" / STAYS / LESSON / f"{LESSON}.ipynb").exists()
    with (folder / "submitted" / "collected.csv").open(newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == [STAYS]
    again = cases.grade(folder / "submitted", folder / "graded")
    assert ({row.student for row in again.results}, again.judged) == (others, 0)


def test_who_is_forgotten_leaves_marks_and_report(folder):
    forget(folder, GONE)
    run("marks", folder / "graded")
    run("report", folder / "graded")
    assert files_that_hold(folder, GONE) == []
    with (folder / "graded" / "marks" / "course.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} == {STAYS, "김"}


def test_it_says_what_it_removes_and_what_it_does_not_touch(folder):
    run("marks", folder / "graded")
    said = forget(folder, GONE)
    for place in ("submitted", "graded/submitted", "graded/autograded", "graded/feedback", "graded/attempts"):
        assert f"{folder}/{place}/{GONE}, " in said
    for part in (
        f"{folder}/submitted/collected.csv: 2 rows\n",
        f"{folder}/graded/grades.csv: {len(cases.EXERCISES)} rows\n",
        f"{folder}/graded/gradebook.db: all points and comments\n",
        f"{folder}/graded/journal.sqlite: every attempt\n",
        f"{folder}/graded/run.json: 1 of what it tells of submissions\n",
        f"{folder}/graded/grading.log: ",
        f"{folder}/graded/marks, of the whole class; made again by: autograder marks {folder}/graded\n",
        "nbgrader's exchange, and copies elsewhere are not touched.",
    ):
        assert part in said


def test_it_can_tell_first_and_remove_nothing(folder):
    before = files_that_hold(folder, GONE)
    said = forget(folder, GONE, "--only-tell")
    assert said.startswith(f"Would be removed of {GONE}:")
    assert f"{folder}/graded/journal.sqlite: every attempt" in said
    assert files_that_hold(folder, GONE) == before


def test_a_name_is_found_however_it_is_spelt(folder):
    forget(folder, "\u1100\u1175\u11b7")  # 김, as macOS spells it
    assert files_that_hold(folder, "김") == []
    assert {row.student for row in read_grades(folder / "graded" / "grades.csv")} == {GONE, STAYS}


def test_the_submissions_are_those_of_the_last_run(graded, tmp_path):
    cases.hand_in(tmp_path / "class", "lee", "no notebook")
    cases.grade(tmp_path / "class", tmp_path / "graded")
    run("forget", "lee", tmp_path / "graded")
    assert not (tmp_path / "class" / "lee").exists()


def test_a_link_goes_and_what_it_leads_to_stays(folder):
    elsewhere = folder.parent / "elsewhere"
    (folder / "submitted" / STAYS).rename(elsewhere)
    os.symlink(elsewhere, folder / "submitted" / STAYS)
    assert "a link; what it leads to stays" in forget(folder, STAYS)
    assert (elsewhere / LESSON / f"{LESSON}.ipynb").exists()
    assert not os.path.lexists(folder / "submitted" / STAYS)


def test_nobody_of_that_name_is_told(folder, tmp_path):
    with pytest.raises(GradingError, match=r"nothing of a student kim\.hanna in .*; did you mean kim\.hana\?"):
        forget(folder, "kim.hanna")
    with pytest.raises(GradingError, match="no folder of `autograder grade`"):
        run("forget", STAYS, tmp_path)


def test_what_is_taken_out_of_the_databases_is_overwritten(folder):
    forget(folder, GONE)
    for name in ("gradebook.db", "journal.sqlite"):
        with sqlite3.connect(folder / "graded" / name) as database:
            assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
