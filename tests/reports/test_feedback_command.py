"""`autograder feedback`: a page for each student, made anew only where something has changed, and zips for the LMS."""

import csv
import os
import subprocess
import sysconfig
import zipfile
from pathlib import Path

import feedback_cases as cases
import grading_cases
import nbformat
import pytest
from typer.testing import CliRunner

from autograder.cli import app
from autograder.reports.feedback.grades import read_grades

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
COUNT = len(EXERCISES)
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),  # nbgrader's own use of its libraries
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning"),
]
STUDENTS = ("kim", "lee", "이 두리", "p[1]k")


@pytest.fixture
def root(tmp_path, monkeypatch) -> Path:
    """Four students who have solved all."""
    monkeypatch.setenv("PATH", cases.scripts_first(os.environ["PATH"]))
    solved = grading_cases.answered(grading_cases.ANSWERS)
    return cases.make_folder(tmp_path / "graded", dict.fromkeys(STUDENTS, solved))


def test_each_student_has_a_page_with_points_and_comments(root):
    with cases.gradebook(root) as book:
        notebook = book.find_submission_notebook(LESSON, LESSON, "lee")
        notebook.late_submission_penalty = 2.5
        next(one for one in notebook.comments if one.name == EXERCISES[1]).manual_comment = "Well done <b>you</b>"
        next(one for one in notebook.grades if one.name == f"check-{EXERCISES[0]}").manual_score = 0.5
    assert "4 pages in" in cases.feedback(root)
    page = cases.page_of(root, "lee").read_text()
    assert "Well done &lt;b&gt;you&lt;/b&gt;" in page
    assert f"<strong>{COUNT - 3}</strong> of {COUNT} points" in page
    assert "✎" in page
    whole = f"<strong>{COUNT}</strong> of {COUNT} points"
    assert all(whole in cases.page_of(root, name).read_text() for name in STUDENTS[2:])


def test_only_what_has_changed_is_made_again(root):
    assert "4 made, 0 as they were" in cases.feedback(root)
    pages = {name: cases.page_of(root, name) for name in STUDENTS}
    for page in pages.values():
        os.utime(page, (1, 1))
    assert "0 made, 4 as they were" in cases.feedback(root)
    with cases.gradebook(root) as book:
        book.find_submission_notebook(LESSON, LESSON, "kim").comments[0].manual_comment = "See me."
    cases.put_back(root, "lee", grading_cases.solved())
    pages["p[1]k"].write_text("half a pa")
    assert "3 made, 1 as they were" in cases.feedback(root)
    assert [name for name, page in pages.items() if page.stat().st_mtime == 1] == ["이 두리"]
    assert "See me." in pages["kim"].read_text()


def test_another_release_or_another_way_to_make_pages_makes_all_anew(root, monkeypatch):
    cases.feedback(root)
    release = root / "release" / LESSON / f"{LESSON}.ipynb"
    release.write_text(release.read_text() + "\n")
    assert "4 made" in cases.feedback(root)
    monkeypatch.setattr("autograder.reports.feedback.process.code_hash", lambda: "of the next version")
    assert "4 made" in cases.feedback(root)
    assert "0 made" in cases.feedback(root)


def test_one_lesson_alone(root):
    assert "4 pages" in cases.feedback(root, "--lesson", LESSON)
    assert "0 pages" in cases.feedback(root, "--lesson", "02_context_limit")


def test_nbgraders_own_command_writes_the_same_pages_within_the_same_bounds(root):
    cases.put_back(root, "lee", b"[" * 100_000)
    cases.feedback(root)
    before = {name: cases.page_of(root, name).read_text() for name in STUDENTS}
    command = [Path(sysconfig.get_path("scripts")) / "nbgrader", "generate_feedback", LESSON]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    after = {name: cases.page_of(root, name).read_text() for name in ("kim", "lee", "이 두리")}
    assert after == {name: before[name] for name in after}
    assert "too much for this page" in after["lee"]
    assert "0 made" in cases.feedback(root)


def test_the_receipts_of_the_exchange_lie_beside_the_page(root):
    """`nbgrader release_feedback` reads them there."""
    folder = root / "autograded" / "kim" / LESSON
    (folder / "timestamp.txt").write_text("2026-03-09 11:00:00 UTC")
    (folder / "submission_secret.txt").write_text("secret")
    cases.feedback(root)
    there = cases.page_of(root, "kim").parent
    assert {path.name for path in there.iterdir()} == {f"{LESSON}.html", "timestamp.txt", "submission_secret.txt"}
    assert (there / "submission_secret.txt").read_text() == "secret"


def test_scores_are_read_as_nbgrader_computes_them(root):
    with cases.gradebook(root) as book:
        first, second, third, *_ = book.find_submission_notebook(LESSON, LESSON, "kim").grades
        first.manual_score, first.extra_credit = 0.25, 1.0
        second.auto_score, second.extra_credit, second.needs_manual_grade = None, 3.0, True
        third.extra_credit = 0.5
    with cases.gradebook(root) as book:
        entered = {one.name: one for one in book.find_submission_notebook(LESSON, LESSON, "kim").grades}
        expected = {
            name: (one.score, one.max_score, one.manual_score is not None, one.needs_manual_grade)
            for name, one in entered.items()
        }
    read = read_grades(f"sqlite:///{root / 'gradebook.db'}?timeout=60")["kim", LESSON]
    found = {name: (one.score, one.max_score, one.by_hand, one.waiting) for name, one in read.points.items()}
    assert found == expected


def test_a_folder_that_grading_did_not_write_is_named(tmp_path):
    done = CliRunner().invoke(app, ["feedback", str(tmp_path)])
    assert "no folder of `autograder grade`" in str(done.exception)


# What an LMS takes back


def download(path: Path, names: dict[str, str]) -> Path:
    """A zip as an LMS hands it over: notebooks by their names in it."""
    with zipfile.ZipFile(path, "w") as packed:
        for name, student in names.items():
            notebook = grading_cases.answered(grading_cases.ANSWERS)
            notebook.cells.append(nbformat.v4.new_markdown_cell(student))
            packed.writestr(name, nbformat.writes(notebook))
    return path


def collect(source: Path, submissions: Path, *options: object) -> None:
    done = CliRunner().invoke(app, ["collect", str(source), str(submissions), *map(str, options)])
    assert done.exit_code == 0, done.output


def packed(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as found:
        return {name: found.read(name) for name in found.namelist()}


@pytest.mark.parametrize(
    "form", ["_assignsubmission_file_/{}", "_assignsubmission_file/{}", "_assignsubmission_file_{}"]
)
def test_moodle_gets_a_folder_for_each_participant_as_it_named_them(root, tmp_path, form):
    folders = {"kim": "kim_1201", "lee": "lee_1202", "이 두리": "이 두리_1203"}
    names = {number + form.format(f"{LESSON}.ipynb"): name for name, number in folders.items()}
    collect(download(tmp_path / "moodle.zip", names), tmp_path / "submitted")
    said = cases.feedback(root, "--submissions", tmp_path / "submitted")
    found = packed(root / "feedback_zips" / f"{LESSON}_moodle.zip")
    assert found == {
        f"{number}_assignsubmission_file_/{LESSON}.html": cases.page_of(root, name).read_bytes()
        for name, number in folders.items()
    }
    assert "For Moodle" in said
    assert f"{LESSON}_moodle.zip" in said


def test_canvas_gets_names_that_begin_as_those_of_its_download(root, tmp_path):
    roster = tmp_path / "class.csv"
    with roster.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(
            [("id", "name", "email", "canvas_id"), ("kim", "Hana Kim", "", "71"), ("lee", "", "", "72")]
        )
    names = {f"kimhana_71_901_{LESSON}-1.ipynb": "kim", f"lee_LATE_72_902_{LESSON}.ipynb": "lee"}
    collect(download(tmp_path / "canvas.zip", names), tmp_path / "submitted", "--roster", roster)
    cases.feedback(root, "--submissions", tmp_path / "submitted")
    found = packed(root / "feedback_zips" / f"{LESSON}_canvas.zip")
    assert set(found) == {f"kimhana_71_901_{LESSON}.html", f"lee_LATE_72_902_{LESSON}.html"}


def test_the_folder_that_was_graded_last_is_looked_into_and_the_newest_download_counts(root, tmp_path):
    submitted = tmp_path / "submitted"
    for number, when in ((5, "2026-03-09"), (6, "2026-03-10")):
        source = download(
            tmp_path / f"moodle{number}.zip", {f"kim_{number}_assignsubmission_file_/{LESSON}.ipynb": "kim"}
        )
        collect(source, submitted, "--handed-in", when)
    (root / "run.json").write_text(f'{{"submissions": "{submitted}"}}')
    cases.feedback(root)
    path = root / "feedback_zips" / f"{LESSON}_moodle.zip"
    assert list(packed(path)) == [f"kim_6_assignsubmission_file_/{LESSON}.html"]
    os.utime(path, (1, 1))
    cases.feedback(root)
    assert path.stat().st_mtime == 1  # nothing has changed


def test_without_an_lms_there_is_no_zip(root):
    assert "zip" not in cases.feedback(root)
    assert not (root / "feedback_zips").exists()
    done = CliRunner().invoke(app, ["feedback", str(root), "--submissions", str(root)])
    assert "no collected.csv" in str(done.exception)
