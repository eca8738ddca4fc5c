"""`autograder check NOTEBOOK`: verdicts in the terminal, and clear errors for what is no lesson."""

import nbformat
import pytest

from autograder.checks.registry import checks_of
from autograder.course.lessons import all_lessons
from autograder.learner.own_notebooks import LearnerError
from autograder.learner.terminal_check import check_notebook

# a learner's warnings are not errors
pytestmark = pytest.mark.filterwarnings("default")
LESSON = all_lessons()[0]
COUNT = len(checks_of(LESSON.number))


@pytest.fixture
def notebook(tmp_path):
    """Writes a changed copy of a notebook of lesson 01 and returns its path."""

    def write(source, change=lambda cells: None, name=f"{LESSON.slug}.ipynb"):
        book = nbformat.read(source, as_version=4)
        change({cell.id: cell for cell in book.cells})
        path = tmp_path / name
        nbformat.write(book, path)
        return path

    return write


def test_the_solution_passes(notebook, capsys):
    assert check_notebook(notebook(LESSON.solution_notebook)) == 0
    out = capsys.readouterr().out
    assert out.count("✓") == COUNT
    assert f"{COUNT} of {COUNT} exercises passed" in out


def test_an_untouched_lesson_passes_nothing(notebook, capsys):
    assert check_notebook(notebook(LESSON.release_notebook)) == 1
    out = capsys.readouterr().out
    assert out.count("still to do") == COUNT
    assert out.count("save the notebook, then check it again") == COUNT
    assert "masked_loss: still to do. Find the mistake" in out
    assert f"0 of {COUNT} exercises passed" in out


def test_one_broken_cell_costs_one_exercise(notebook, capsys):
    def spoil(cells):
        cells["pad_batch"].source = "def pad_batch(sequences:\n    return"
        cells["encode_words"].source = "%matplotlib inline\n" + cells["encode_words"].source

    assert check_notebook(notebook(LESSON.solution_notebook, spoil)) == 1
    out = capsys.readouterr().out
    assert "pad_batch stopped with SyntaxError: '(' was never closed (line 1)" in out
    assert "pad_batch is not defined" in out
    assert f"{COUNT - 2} of {COUNT}" in out or f"{COUNT - 1} of {COUNT}" in out


def test_what_grading_mends_is_mended(notebook, capsys):
    """A cell that was split, one that lost its marks, and a setup cell that is gone."""
    book = nbformat.read(LESSON.solution_notebook, as_version=4)
    cells = {cell.id: cell for cell in book.cells}
    head, _, rest = cells["pad_batch"].source.partition("\n")
    place = book.cells.index(cells["pad_batch"])
    book.cells[place].source = head
    book.cells.insert(place + 1, nbformat.v4.new_code_cell(rest))
    cells["encoder"].metadata, cells["encoder"].id = {}, "another"
    book.cells.remove(next(cell for cell in book.cells if "setup" in cell.metadata.get("tags", ())))
    path = notebook(LESSON.solution_notebook)
    nbformat.write(book, path)
    assert check_notebook(path) == 0
    assert f"{COUNT} of {COUNT} exercises passed" in capsys.readouterr().out


def test_a_renamed_notebook_is_known_by_its_exercises(notebook):
    assert check_notebook(notebook(LESSON.solution_notebook, name="homework.ipynb")) == 0


def test_bad_files_are_named(tmp_path, notebook):
    (tmp_path / "broken.ipynb").write_text('{"cells": [')
    for name, message in {
        "broken.ipynb": "not a notebook",
        "nowhere.ipynb": "there is no notebook",
        ".": "folder",
    }.items():
        with pytest.raises(LearnerError, match=message):
            check_notebook(tmp_path / name)
    empty = tmp_path / "other.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), empty)
    with pytest.raises(LearnerError, match="no lesson of this course"):
        check_notebook(empty)
