"""The points in what is handed out are those of the course.toml in force; the course itself stays as it is."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import nbformat
import pytest
from course_copy import COURSE, CourseCopy
from nbformat import NotebookNode

from autograder.authoring.solution_notebook import compose
from autograder.course import settings
from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson
from autograder.nbgrader_plugins import SetPoints

LESSON, WRITTEN, EXERCISE = "02_context_limit", "what_capacity_bought", "find_knee"
POINTS = f"[points]\ndefault = 2\n[points.{LESSON}]\n{WRITTEN} = 4.5\n{EXERCISE} = 3\n"
WANTED = {WRITTEN: 4.5, f"check-{EXERCISE}": 3, "check-clause_numbers": 2}


@pytest.fixture
def in_force(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(POINTS, encoding="utf-8")
    monkeypatch.setenv(settings.SETTINGS_VARIABLE, str(path))
    return path


def points(notebook: NotebookNode) -> dict[str, float]:
    marks = [cell.metadata.nbgrader for cell in notebook.cells if "nbgrader" in cell.metadata]
    return {one.grade_id: one.points for one in marks if one.grade}


@pytest.mark.usefixtures("in_force")
def test_nbgraders_step_sets_them_and_nothing_else():
    notebook = nbformat.read(find_lesson(LESSON).solution_notebook, as_version=4)
    before = nbformat.writes(notebook)
    found, _ = SetPoints().preprocess(notebook, {"nbgrader": {"assignment": LESSON}})
    assert {name: points(found)[name] for name in WANTED} == WANTED
    for cell in found.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.points = 1
    assert nbformat.writes(found) == before


@pytest.mark.usefixtures("in_force")
@pytest.mark.parametrize("lesson", [LESSON, "01_seq2seq"])
def test_the_course_is_built_with_its_own(lesson):
    notebook = compose(read_lesson(find_lesson(lesson).source))
    assert set(points(notebook).values()) == {1}


@pytest.mark.slow
def test_nbgraders_command_hands_them_out_and_changes_nothing_of_the_checkout(in_force, tmp_path, monkeypatch):
    course = CourseCopy(tmp_path / "course", LESSON).folder
    (course / "nbgrader_config.py").write_text((COURSE / "nbgrader_config.py").read_text())
    (course / ".gitignore").write_text((COURSE / ".gitignore").read_text())
    before = {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=":")
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    command = [sys.executable, program, "generate_assignment", LESSON]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    released = course / "release" / LESSON / f"{LESSON}.ipynb"
    found = points(nbformat.read(released, as_version=4))
    assert {name: found[name] for name in WANTED} == WANTED
    assert {path for path in course.rglob("*") if path.is_file()} - set(before) == {released, course / "gradebook.db"}
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize(
    "name",
    ["class.csv", "moodle.zip", "course.toml", "release/02/02.ipynb", "submitted/kim/x", "old/canvas export.zip"],
)
def test_git_passes_over_what_belongs_to_a_class(name, tmp_path):
    """Asked of git by the course's own list of what to ignore."""
    try:
        subprocess.run(["git", "init", "-q", tmp_path], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no git here")
    (tmp_path / ".gitignore").write_text((COURSE / ".gitignore").read_text())
    ignored = ["git", "-C", str(tmp_path), "check-ignore", "-q"]
    assert subprocess.run([*ignored, name]).returncode == 0
    for own in ("datasets/table.csv", "autograder/course.toml", "tests/class.csv", "lessons/02/02.ipynb"):
        assert subprocess.run([*ignored, own]).returncode == 1, own
