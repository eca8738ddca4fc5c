"""`start`, `lab` and `reset`: a learner's work is never lost, and every refusal says what to do."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyterlab_server.config import get_page_config
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring.release import make_releases
from autograder.authoring.solution_notebook import compose
from autograder.authoring.tree import CourseTree
from autograder.course.source import read_lesson
from autograder.learner import lab, own_notebooks, reset, start
from autograder.learner.own_notebooks import LearnerError

LESSON = '''\
# %% [markdown]
# # Doubling

# %% tags=["exercise"] slug="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION

# %% tags=["check"]
check("double", double)

# %% tags=["exercise"] slug="halve"
class Halver:
    """Halves."""

    def __call__(self, x):
        ### BEGIN SOLUTION
        return x / 2
        ### END SOLUTION

# %% tags=["check"]
check("halve", Halver)

# %% [markdown]
# Why?

# %% [markdown] tags=["written"] slug="why"
# **A model answer.** Because.
#
# **For whoever grades**: the reason.
'''
ANSWER = "def double(x):\n    # my own way\n    return x + x  # 나"


@pytest.fixture(scope="module")
def lessons(tmp_path_factory) -> Path:
    """A folder with two released lessons."""
    tree = CourseTree.under(tmp_path_factory.mktemp("course"))
    texts = {
        "01_first": LESSON,
        "02_second": LESSON.replace("double", "triple").replace("halve", "third").replace("why", "what"),
    }
    for slug, text in texts.items():
        source = tree.solutions / slug / f"{slug}.py"
        source.parent.mkdir(parents=True)
        source.write_text(text, encoding="utf-8")
        nbformat.write(compose(read_lesson(source)), tree.solution(slug))
    make_releases(tree, texts)
    return tree.lessons


@pytest.fixture(autouse=True)
def course_lessons(lessons, monkeypatch):
    monkeypatch.setattr(own_notebooks, "lessons_folder", lambda: lessons)


@pytest.fixture
def mine(tmp_path) -> Path:
    """A learner's copy of lesson 01, with an answer to `double`."""
    start.start(tmp_path / "mine")
    path = tmp_path / "mine/01_first/01_first.ipynb"
    change(path, lambda cells: cells["double"].update(source=ANSWER, execution_count=4))
    return path


def read(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def change(path: Path, edit) -> None:
    notebook = nbformat.read(path, as_version=4)
    edit({cell.id: cell for cell in notebook.cells})
    nbformat.write(notebook, path)


def run(*arguments: str):
    return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])


def error_of(capsys, monkeypatch, *arguments) -> str:
    """What the real entry point prints for an error of the course."""
    monkeypatch.setattr(sys, "argv", ["autograder", *map(str, arguments)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("autograder: ")
    assert printed.count("\n") == 1
    return printed


# start


def test_start_copies_the_notebooks_and_no_more(lessons, tmp_path):
    result = run("start", tmp_path / "mine")
    assert result.exit_code == 0
    copied = {path.relative_to(tmp_path / "mine").as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert {path for path in copied if not path.startswith(".")} == {
        "01_first/01_first.ipynb",
        "02_second/02_second.ipynb",
    }
    assert (tmp_path / "mine/01_first/01_first.ipynb").read_bytes() == (
        lessons / "01_first/01_first.ipynb"
    ).read_bytes()
    assert f"2 lessons copied to {tmp_path / 'mine'}, 0 kept as they were" in result.output


def test_start_never_overwrites(tmp_path):
    work = tmp_path / "mine/01_first/01_first.ipynb"
    work.parent.mkdir(parents=True)
    work.write_text("my work")
    result = run("start", tmp_path / "mine")
    assert work.read_text() == "my work"
    assert f"left     {work} is not a notebook that can be read" in result.output
    assert f"1 lesson copied to {tmp_path / 'mine'}, 0 kept" in result.output


def test_start_leaves_a_dangling_link_alone(tmp_path):
    work = tmp_path / "mine/01_first/01_first.ipynb"
    work.parent.mkdir(parents=True)
    work.symlink_to(tmp_path / "elsewhere.ipynb")
    assert [*start.start(tmp_path / "mine").left] == [work]
    assert not (tmp_path / "elsewhere.ipynb").exists()


@pytest.mark.parametrize("file", ["mine", "mine/01_first"])
def test_start_says_that_the_folder_is_a_file(tmp_path, capsys, monkeypatch, file):
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text("")
    message = error_of(capsys, monkeypatch, "start", tmp_path / "mine")
    assert f"{tmp_path / file} is a file, not a folder" in message


def test_start_without_lessons_says_so(tmp_path):
    with pytest.raises(LearnerError, match="no lesson notebooks"):
        start.start(tmp_path / "mine", lessons=tmp_path)


# lab


def test_lab_opens_the_first_lesson_of_the_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    started = []
    monkeypatch.setattr(cli.os, "execve", lambda program, command, environment: started.append(command))
    assert run("lab", "mine", "--", "--allow-root", "--port=9999").exit_code == 0
    where = [
        f"--ServerApp.root_dir={tmp_path / 'mine'}",
        "--LabApp.default_url=/lab/tree/01_first/01_first.ipynb",
    ]
    assert started == [[sys.executable, "-m", "jupyterlab", *where, "--allow-root", "--port=9999"]]
    assert (tmp_path / "mine/01_first/01_first.ipynb").is_file()


def test_lab_without_folder_takes_the_default(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cli.os, "execve", lambda program, command, environment: print(*command))
    result = run("lab", "--", "--allow-root")
    assert f"--ServerApp.root_dir={tmp_path / 'my_lessons'} " in result.output
    assert result.output.endswith(" --allow-root\n")


def test_lab_explains_why_root_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0)
    monkeypatch.setattr(cli.os, "execve", lambda *_: pytest.fail("JupyterLab was started"))
    result = run("lab", tmp_path / "my work", "--", "--no-browser")
    assert result.exit_code == 1
    assert result.output.endswith(f"autograder lab '{tmp_path / 'my work'}' -- --no-browser --allow-root\n")
    assert "refuses to run as root" in result.output


def test_lab_keeps_news_and_the_menus_of_instructors_away(monkeypatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "/somewhere")
    path = lab.jupyter_environment()["JUPYTER_CONFIG_PATH"]
    assert path.endswith(f"{os.pathsep}/somewhere")
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", path)
    disabled = get_page_config([])["disabledExtensions"]
    assert {"@jupyter/nbgrader", "@jupyterlab/apputils-extension:announcements"} <= set(disabled)


def test_lab_keeps_two_trainings_from_stopping_each_other(monkeypatch):
    monkeypatch.delenv("GOMP_SPINCOUNT", raising=False)
    assert int(lab.jupyter_environment()["GOMP_SPINCOUNT"]) <= 1000
    monkeypatch.setenv("GOMP_SPINCOUNT", "7")
    assert lab.jupyter_environment()["GOMP_SPINCOUNT"] == "7"


# reset


def test_reset_restores_the_stub_and_keeps_the_answer(mine, lessons):
    result = run("reset", mine, "double")
    assert result.exit_code == 0
    cells = read(mine).cells
    released = {cell.id: cell for cell in read(lessons / "01_first/01_first.ipynb").cells}
    assert cells[1] == released["double"]
    assert cells[2].cell_type == "raw"
    assert cells[2].source.split("\n", 1)[1] == ANSWER
    assert [cell.id for cell in cells[3:6]] == ["check-double", "halve", "check-halve"]


def test_reset_forgets_what_the_check_said_of_the_old_answer(mine):
    said = nbformat.v4.new_output("stream", text="✓ double: all 2 stages passed\n")
    change(mine, lambda cells: cells["check-double"].update(outputs=[said], execution_count=7))
    reset.reset(mine, "double")
    check = next(cell for cell in read(mine).cells if cell.id == "check-double")
    assert (check.outputs, check.execution_count) == ([], None)


def test_the_kept_answer_can_be_put_back(mine):
    reset.reset(mine, "double")
    change(mine, lambda cells: cells["double"].update(source=read(mine).cells[2].source))
    names: dict = {}
    exec(read(mine).cells[1].source, names)
    assert names["double"](3) == 6


def test_reset_of_a_stub_changes_nothing(mine):
    before = mine.read_bytes()
    result = run("reset", mine, "halve")
    assert (result.exit_code, mine.read_bytes()) == (0, before)
    assert "has not been started" in result.output


def test_each_reset_keeps_its_own_answer(mine):
    reset.reset(mine, "double")
    change(mine, lambda cells: cells["double"].update(source="def double(x): return 0"))
    reset.reset(mine, "double")
    kept = [cell.source.split("\n", 1)[1] for cell in read(mine).cells if cell.cell_type == "raw"]
    assert kept == ["def double(x): return 0", ANSWER]


DAMAGE = {
    "no grade id": lambda cell: cell.metadata.clear(),
    "no grade id, another cell id": lambda cell: (cell.metadata.clear(), cell.update(id="abc")),
    "does not parse": lambda cell: (cell.metadata.clear(), cell.update(id="abc", source=ANSWER + "\n  ((")),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_reset_finds_a_damaged_cell(mine, damage):
    change(mine, lambda cells: damage(cells["double"]))
    assert reset.reset(mine, "double")
    cells = read(mine).cells
    assert [cell.id for cell in cells if cell.cell_type == "code"] == [
        "double",
        "check-double",
        "halve",
        "check-halve",
    ]
    assert cells[2].source.split("\n", 1)[1].startswith(ANSWER)


def test_reset_brings_a_deleted_exercise_back(mine):
    notebook = read(mine)
    del notebook.cells[1]
    nbformat.write(notebook, mine)
    assert reset.reset(mine, "double")
    assert [cell.id for cell in read(mine).cells][1:3] == ["double", "check-double"]


def test_reset_knows_a_renamed_copy_by_its_exercises(mine):
    other = mine.rename(mine.with_name("Untitled.ipynb"))
    assert reset.reset(other, "double")


def test_reset_keeps_the_permissions_and_leaves_no_other_file(mine):
    mine.chmod(0o640)
    reset.reset(mine, "double")
    assert mine.stat().st_mode & 0o777 == 0o640
    assert list(mine.parent.iterdir()) == [mine]


def test_reset_of_an_old_format_notebook(mine):
    notebook = read(mine)
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        del cell["id"]
    nbformat.write(notebook, mine)
    assert reset.reset(mine, "double")
    assert read(mine).nbformat_minor == 4


def test_an_unknown_exercise_is_answered_with_those_there_are(mine, capsys, monkeypatch):
    message = error_of(capsys, monkeypatch, "reset", mine, "treble")
    assert "has no exercise 'treble'; its exercises are double, halve" in message


@pytest.mark.parametrize("content", ["", "{", '{"cells": 1}', "[]", '{"nbformat": 4, "cells": [{}]}', "\udcff"])
def test_a_corrupt_notebook_is_refused_and_untouched(mine, capsys, monkeypatch, content):
    mine.write_bytes(content.encode(errors="surrogateescape"))
    before = mine.read_bytes()
    message = error_of(capsys, monkeypatch, "reset", mine, "double")
    assert "is not a notebook that can be read" in message
    assert mine.read_bytes() == before


def test_a_missing_notebook_and_a_folder_are_refused(mine, capsys, monkeypatch):
    assert "there is no notebook" in error_of(capsys, monkeypatch, "reset", mine.with_name("x.ipynb"), "double")
    assert "is a folder" in error_of(capsys, monkeypatch, "reset", mine.parent, "double")


def test_a_notebook_of_another_course_is_refused(tmp_path, capsys, monkeypatch):
    other = tmp_path / "other.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]), other)
    message = error_of(capsys, monkeypatch, "reset", other, "double")
    assert "is none of the course's lessons (01_first, 02_second)" in message


# The command line


def test_help_names_every_command():
    result = run("--help")
    assert result.exit_code == 0
    assert all(command in result.output for command in ("start", "lab", "check", "reset", "build", "grade"))


def test_the_command_line_loads_nothing_heavy():
    code = "import sys, autograder.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "nbgrader", "nbconvert", "nbformat", "jupytext", "nbclient"} & set(loaded)
