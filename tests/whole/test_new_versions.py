"""`autograder start` on a folder with work in it: new versions of lessons come, and no work of the learner is lost."""

import json
import re
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from typer.testing import CliRunner

from autograder import cli
from autograder.authoring.release import make_releases
from autograder.authoring.solution_notebook import compose
from autograder.authoring.tree import CourseTree
from autograder.course.source import read_lesson
from autograder.learner import own_notebooks

OLD = '''\
# %% [markdown]
# # Doubling

# %% tags=["setup"]
FACTOR = 2

# %% tags=["exercise"] slug="double"
def double(x):
    """Twice x."""
    ### BEGIN SOLUTION
    return FACTOR * x
    ### END SOLUTION

# %% tags=["check"]
check("double", double)

# %% [markdown]
# Now the other way round.

# %% tags=["exercise"] slug="halve"
def halve(x):
    """Half of x."""
    ### BEGIN SOLUTION
    return x / FACTOR
    ### END SOLUTION

# %% tags=["check"]
check("halve", halve)

# %% tags=["exploration", "always"]
print("a picture")

# %% [markdown]
# Why?

# %% [markdown] tags=["written"] slug="why"
# **A model answer.** Because.
#
# **For whoever grades**: the reason.
'''
NEW_TEXT = OLD.replace("# # Doubling", "# # Doubling, and an introduction")
ANSWERS = {"double": "def double(x):\n    return x + x  # 나", "why": "Since two is *even*."}


def release(root: Path, source: str) -> Path:
    """A folder with one released lesson."""
    tree = CourseTree.under(root)
    path = tree.solutions / "01_first/01_first.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, encoding="utf-8")
    nbformat.write(compose(read_lesson(path)), tree.solution("01_first"))
    make_releases(tree, ["01_first"])
    return tree.lessons


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The released lesson of a source, made once for each."""
    made: dict[str, Path] = {}

    def of(source: str) -> Path:
        if source not in made:
            made[source] = release(tmp_path_factory.mktemp("course"), source)
        return made[source]

    return of


@pytest.fixture
def start(released, monkeypatch, tmp_path):
    """`autograder start mine` with the lesson as it is in a source; returns what was printed."""

    def run(source: str) -> str:
        monkeypatch.setattr(own_notebooks, "lessons_folder", lambda: released(source))
        done = CliRunner().invoke(cli.app, ["start", str(tmp_path / "mine")])
        assert done.exit_code == 0, done.output
        return done.output

    return run


@pytest.fixture
def mine(start, tmp_path) -> Path:
    """A learner's copy of the old version, with two answers, and a note and a cell of their own."""
    start(OLD)
    path = tmp_path / "mine/01_first/01_first.ipynb"
    notebook = read(path)
    for cell in notebook.cells:
        cell.source = ANSWERS.get(cell.id, cell.source)
    notebook.cells.insert(place(notebook, "check-double"), new_code_cell("double(21)", id="own", execution_count=3))
    notebook.cells.insert(0, new_markdown_cell("My notes", id="note"))
    notebook.metadata["language_info"] = {"name": "python"}  # as JupyterLab does
    nbformat.write(notebook, path)
    return path


def read(path: Path) -> nbformat.NotebookNode:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def place(notebook, cell_id: str) -> int:
    return next(n for n, cell in enumerate(notebook.cells) if cell.id == cell_id)


def sources(path: Path) -> list[str]:
    return [cell.source for cell in read(path).cells]


def edit(path: Path, change) -> None:
    """Change the file as any editor could."""
    notebook = nbformat.from_dict(json.loads(path.read_text(encoding="utf-8")))
    for cell in notebook.cells:
        cell.source = "".join(cell.source)
    change(notebook)
    path.write_text(json.dumps(notebook), encoding="utf-8")


def files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def old_versions(mine: Path) -> list[Path]:
    return sorted((mine.parents[1] / "old_versions").glob("*"))


def test_a_second_start_changes_nothing(start, mine):
    before = files(mine.parents[1])
    assert "0 lessons copied" in start(OLD)
    assert files(mine.parents[1]) == before
    start(NEW_TEXT)
    before = files(mine.parents[1])
    assert f"kept     {mine} (already there, not touched)" in start(NEW_TEXT)
    assert files(mine.parents[1]) == before


def test_answers_and_own_cells_come_along_in_their_places(start, mine):
    before = mine.read_bytes()
    printed = start(NEW_TEXT)
    found = sources(mine)
    assert found[:2] == ["My notes", "# Doubling, and an introduction"]
    assert found[3:6] == [ANSWERS["double"], "double(21)", 'check("double", double)']
    assert "NotImplementedError" in found[7]
    assert found[-1] == ANSWERS["why"]
    assert f"updated  {mine} to the lesson's new version, with 2 answers and 2 cells of your own" in printed
    assert "not carried over" not in printed
    (old,) = old_versions(mine)
    assert old.read_bytes() == before
    assert re.fullmatch(r"01_first_\d{4}-\d\d-\d\d\.ipynb", old.name)
    assert str(old) in printed


def test_the_new_version_is_as_released_but_for_the_learners_work(start, mine, released):
    start(NEW_TEXT)
    new = {cell.id: cell for cell in read(released(NEW_TEXT) / "01_first/01_first.ipynb").cells}
    for cell in read(mine).cells:
        if cell.id in new and cell.id not in ANSWERS:
            assert cell == new[cell.id]
    assert {cell.id for cell in read(mine).cells} == {*new, "own", "note"}
    assert read(mine).metadata.language_info.name == "python"


def test_each_update_keeps_its_own_old_version(start, mine):
    start(NEW_TEXT)
    start(OLD)
    assert len(old_versions(mine)) == 2
    assert sources(mine).count(ANSWERS["double"]) == 1


def test_an_untouched_copy_is_replaced_and_nothing_put_aside(start, tmp_path, released):
    start(OLD)
    assert "0 answers and 0 cells of your own" in start(NEW_TEXT)
    mine = tmp_path / "mine/01_first/01_first.ipynb"
    assert sources(mine) == sources(released(NEW_TEXT) / "01_first/01_first.ipynb")
    assert old_versions(mine) == []


def test_an_exercise_that_is_posed_anew_keeps_the_answer_and_shows_the_new_stub(start, mine):
    printed = start(OLD.replace('"""Twice x."""', '"""Twice x, for lists too."""'))
    cells = read(mine).cells
    answer = place(read(mine), "double")
    assert cells[answer].source == ANSWERS["double"]
    assert cells[answer + 1].cell_type == "raw"
    assert "for lists too" in cells[answer + 1].source
    assert cells[answer + 2].source == "double(21)"
    assert "double is another exercise now" in printed


def test_an_unanswered_exercise_takes_the_new_stub(start, mine):
    start(OLD.replace('"""Half of x."""', '"""Half of x, rounded."""'))
    cell = read(mine).cells[place(read(mine), "halve")]
    assert "rounded" in cell.source
    assert not [cell for cell in read(mine).cells if cell.cell_type == "raw"]


def test_what_has_no_place_any_more_is_listed_and_kept_aside(start, mine):
    edit(mine, lambda notebook: notebook.cells[place(notebook, "check-double") - 3].update(source="FACTOR = 3"))
    renamed = OLD.replace("double", "treble").replace("FACTOR = 2", "FACTOR = 20")
    printed = start(renamed)
    assert "not carried over: your answer to double, which the lesson no longer asks for" in printed
    assert "not carried over: your change to a cell of the course that is another now, or gone: 'FACTOR = 3'" in printed
    assert {ANSWERS["double"], "FACTOR = 3"} <= set(sources(*old_versions(mine)))
    assert ANSWERS["why"] in sources(mine)


def test_a_change_to_a_cell_that_stays_as_it_was_is_carried_over(start, mine):
    edit(mine, lambda notebook: notebook.cells[-3].update(source='print("my picture")'))
    start(NEW_TEXT)
    assert 'print("my picture")' in sources(mine)
    assert 'print("a picture")' not in sources(mine)


def test_a_picture_in_a_written_answer_comes_along(start, mine):
    picture = {"x.png": {"image/png": "aGk="}}
    edit(mine, lambda notebook: notebook.cells[-1].update(attachments=picture))
    start(NEW_TEXT)
    assert read(mine).cells[-1].attachments == picture


def lose_marks(notebook):
    for cell in notebook.cells:
        cell.metadata.clear()
        cell.id = f"{cell.id[:20]}-x"


def copy_an_answer(notebook):
    """As copying a cell in JupyterLab does: the marks come along, the id does not."""
    answer = notebook.cells[place(notebook, "double")]
    twin = new_code_cell("def double(x):\n    return 0", id="twin", metadata=answer.metadata)
    notebook.cells.insert(place(notebook, "double"), twin)


def move_to_the_end(notebook):
    notebook.cells.append(notebook.cells.pop(place(notebook, "double")))


DAMAGE = {
    "marks lost": lose_marks,
    "a copy above": copy_an_answer,
    "moved": move_to_the_end,
    "an id there twice": lambda notebook: notebook.cells[0].update(id="double"),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_work_is_found_in_a_notebook_that_was_knocked_about(start, mine, damage):
    edit(mine, damage)
    start(NEW_TEXT)
    cells = read(mine).cells
    answer = cells[place(read(mine), "double")]
    assert answer.source == ANSWERS["double"]
    assert answer.metadata.nbgrader.grade_id == "double"
    assert [cell.source for cell in cells].count(ANSWERS["double"]) == 1
    assert {"double(21)", "My notes", ANSWERS["why"]} <= {cell.source for cell in cells}
    assert sum(cell.metadata.get("nbgrader", {}).get("grade_id") == "double" for cell in cells) == 1
    assert sum(cell.source == "Now the other way round." for cell in cells) == 1


def test_a_notebook_of_an_old_format_is_brought_up_to_date(start, mine):
    def make_old(notebook):
        notebook.nbformat_minor = 4
        for cell in notebook.cells:
            del cell["id"]

    edit(mine, make_old)
    start(NEW_TEXT)
    assert {"double(21)", "My notes", *ANSWERS.values()} <= set(sources(mine))


@pytest.mark.parametrize("content", ["", "{", '{"cells": 1}', '{"nbformat": 4, "nbformat_minor": 5, "cells": [{}]}'])
def test_a_damaged_notebook_is_left_alone_with_a_line(start, mine, content):
    mine.write_text(content)
    printed = start(NEW_TEXT)
    assert mine.read_text() == content
    assert [line for line in printed.splitlines() if line.startswith(f"left     {mine} is")]
    assert "move it away and run: autograder start" in printed
    assert "1 left alone" in printed


def test_a_notebook_with_metadata_of_the_wrong_kind_is_left_alone(start, mine):
    edit(mine, lambda notebook: notebook.cells[0].update(metadata={"tags": 3}))
    before = mine.read_bytes()
    assert f"left     {mine} is damaged" in start(NEW_TEXT)
    assert mine.read_bytes() == before


def forget(mine: Path) -> None:
    """The hidden file that says what the copy was released as."""
    (mine.parents[1] / ".released/01_first.json").unlink()


def test_a_copy_of_unknown_origin_is_left_alone(start, mine):
    forget(mine)
    before = mine.read_bytes()
    assert "is not the newest version, and not known is which one it is" in start(NEW_TEXT)
    assert mine.read_bytes() == before


def test_a_copy_of_unknown_origin_that_is_the_newest_is_known_from_then_on(start, mine):
    forget(mine)
    assert "kept " in start(OLD)
    assert "updated " in start(NEW_TEXT)


def test_an_update_that_was_cut_off_can_be_run_again(start, mine, released):
    start(NEW_TEXT)
    after = sources(mine)
    began = mine.parents[1] / ".released/01_first.json"
    began.write_bytes((released(OLD) / "01_first/01_first.ipynb").read_bytes())
    start(NEW_TEXT)
    assert sources(mine) == after


def test_git_ignores_the_learners_folder():
    root = Path(__file__).parents[2]
    if not (root / ".git").exists():
        pytest.skip("not a git checkout")
    path = "my_lessons/01_seq2seq/01_seq2seq.ipynb"
    assert subprocess.run(["git", "check-ignore", "-q", path], cwd=root).returncode == 0
