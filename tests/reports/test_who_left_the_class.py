"""Who is no longer on the class list: not in the class report, and named beside the marks, which lose nobody."""

import csv
import sysconfig
import unicodedata
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from report_cases import EXERCISES, LESSON, Given, make_folder
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import GradingError
from autograder.gradebook.course_root import CONFIG, CONFIG_FILE

STAYS = ("kim", "김")
LEFT = ("lee", "한")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


@pytest.fixture
def graded(tmp_path) -> Path:
    answers = {name: {EXERCISES[0]: Given("failed", "rows", "longest")} for name in (*STAYS, *LEFT)}
    return make_folder(tmp_path / "graded", answers)


def roster(folder: Path, *ids: str) -> Path:
    path = folder / "class.csv"
    path.write_text("".join(["id,name,email\n", *(f"{one},Name of {one},\n" for one in ids)]), encoding="utf-8")
    return path


def test_the_class_report_counts_and_names_those_on_the_list(graded, tmp_path):
    said = run("report", graded, "--roster", roster(tmp_path, *STAYS, "new"))
    assert f"Not in {tmp_path}/class.csv, so left out: lee, 한" in said
    page = (graded / "report.html").read_text(encoding="utf-8")
    assert "kim" in page
    assert not any(name in page for name in LEFT)
    assert "2/2" in said


def test_without_a_list_all_are_in_it(graded):
    assert "4/4" in run("report", graded)
    assert "lee" in (graded / "report.html").read_text(encoding="utf-8")


def test_a_report_without_names_tells_how_many_left(graded, tmp_path):
    said = run("report", graded, "--anonymous", "--roster", roster(tmp_path, *STAYS))
    assert "so left out: 2" in said
    assert "lee" not in said


def test_a_name_is_the_same_however_the_list_spells_it(graded, tmp_path):
    decomposed = [unicodedata.normalize("NFD", name) for name in (*STAYS, *LEFT)]
    assert "left out" not in run("report", graded, "--roster", roster(tmp_path, *decomposed))


def test_a_list_of_another_class_is_refused(graded, tmp_path):
    with pytest.raises(GradingError, match=r"class\.csv: nobody with grades is on it; an id .* such as kim"):
        run("report", graded, "--roster", roster(tmp_path, "park", "choi"))
    assert not (graded / "report.html").exists()


def test_marks_keep_all_and_name_those_who_are_not_on_the_list(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=":")
    (tmp_path / CONFIG_FILE).write_text(CONFIG)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment(LESSON)
        for student in ("kim", "lee"):
            book.add_student(student)
    said = run("marks", tmp_path, "--roster", roster(tmp_path, "kim"))
    assert f"Not on the class list: lee. Whoever has left the class, `autograder forget STUDENT {tmp_path}`" in said
    with (tmp_path / "marks" / "course.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["student"] for row in csv.DictReader(file)] == ["kim", "lee"]
    assert "class list" not in run("marks", tmp_path, "--roster", roster(tmp_path, "kim", "lee"))
