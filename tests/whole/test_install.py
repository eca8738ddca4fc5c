"""A plain `pip install .` gives a course that works far from the checkout."""

import csv
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from autograder.checks.registry import checks_of
from autograder.course.lessons import all_lessons

CHECKOUT = Path(__file__).parents[2]

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """Runs the installed command line in a folder of its own."""
    target = tmp_path_factory.mktemp("installed")
    work = tmp_path_factory.mktemp("elsewhere")
    source = tmp_path_factory.mktemp("source") / "course"
    folders = ("lessons", "autograder", "solutions", "datasets")
    names = (*folders, "pyproject.toml", "setup.py", "README.md", "CHANGELOG.md", "LICENSE")
    for name in names:
        path = CHECKOUT / name
        if path.is_dir():  # where other processes keep compiled modules meanwhile
            shutil.copytree(path, _parent(source) / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(path, _parent(source) / name)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(target), str(source)], check=True, cwd=work)

    def run(*arguments):
        environment = os.environ | {"PYTHONPATH": str(target), "OMP_NUM_THREADS": "1"}
        command = [sys.executable, "-m", "autograder", *arguments]
        return subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True)

    run.folder, run.target = work, target
    return run


def _parent(folder):
    folder.mkdir(exist_ok=True)
    return folder


def test_it_is_the_installed_course_that_runs(installed):
    code = "import autograder.course.lessons as c; print(c.solutions_folder(), c.lessons_folder())"
    environment = os.environ | {"PYTHONPATH": str(installed.target)}
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=installed.folder, env=environment, capture_output=True, text=True, check=True)
    assert all(path.startswith(str(installed.target)) for path in result.stdout.split())


def test_it_knows_its_version_and_brings_the_changelog(installed):
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert installed("--version").stdout == f"autograder {project['version']}\n"
    assert (installed.target / "autograder/CHANGELOG.md").read_bytes() == (CHECKOUT / "CHANGELOG.md").read_bytes()


def test_start_tells_the_owner_of_an_older_folder_what_is_new(installed):
    note = installed.folder / "older/.released/course.json"
    note.parent.mkdir(parents=True)
    note.write_text('{"version": "0.1.0"}')
    printed = installed("start", "older").stdout
    assert "news     in version 0.2.0 of the course (your folder was of version 0.1.0):" in printed
    assert f"All changes: {installed.target / 'autograder/CHANGELOG.md'}" in printed


def test_start_copies_the_lessons(installed):
    result = installed("start", "mine")
    assert result.returncode == 0, result.stderr
    for lesson in all_lessons():
        assert (installed.folder / "mine" / lesson.slug / f"{lesson.slug}.ipynb").is_file()


def test_what_is_no_python_is_installed_too(installed):
    for pattern in (
        "learner/jupyter/labconfig/page_config.json",
        "learner/cards/*.j2",
        "authoring/pages/*.html.j2",
        "authoring/pages/site.css",
        "reports/*/page.css",
        "reports/*/page.html.j2",
        "checks/recorded/*/*.msgpack",
        "*.md",
    ):
        wanted = [path.relative_to(CHECKOUT) for path in (CHECKOUT / "autograder").glob(pattern)]
        assert wanted
        assert all((installed.target / path).is_file() for path in wanted)


def test_grade_gives_the_solution_full_marks(installed):
    lesson = all_lessons()[0]
    folder = installed.folder / "submissions" / "mina" / lesson.slug
    folder.mkdir(parents=True)
    shutil.copy(lesson.solution_notebook, folder)
    result = installed("grade", "submissions", "--out", "graded", "--workers", "1")
    assert result.returncode == 0, result.stdout + result.stderr
    with (installed.folder / "graded" / "grades.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(checks_of(lesson.number))
    assert {row["status"] for row in rows} == {"passed"}
