"""An answer that was typed into a cell of the course's that does not run counts, or is named."""

import editor_cases as editor
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import find_lesson
from autograder.judging import returned_notebook
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matched import Matched, untouched
from autograder.judging.matching import match
from autograder.verdict import Verdict

EXERCISES = {"01_seq2seq": "encode_words", "03_attention": "weighted_sum", "06_translator": "ngram_matches"}
COURSE = {lesson: course_notebook(find_lesson(lesson), editor.released(lesson)) for lesson in EXERCISES}
RUNS = pytest.mark.parametrize("lesson", EXERCISES)


def kind_of(notebook: NotebookNode, kind: str) -> NotebookNode:
    """The last cell of a kind."""
    return next(cell for cell in reversed(notebook.cells) if kind in cell.metadata.get("tags", ()))


def typed_into(lesson: str, where: str, above: bool = True) -> tuple[NotebookNode, NotebookNode]:
    """A notebook with the answer in another cell, by name or kind; and that cell."""
    notebook, answer = editor.released(lesson), editor.answers(lesson)[EXERCISES[lesson]]
    ids = {cell.get("id") for cell in notebook.cells}
    cell = editor.find(notebook, where) if where in ids else kind_of(notebook, where)
    cell.source = f"{answer}\n\n{cell.source}" if above else f"{cell.source}\n\n{answer}"
    return notebook, cell


def matched(notebook: NotebookNode, lesson: str) -> Matched:
    return match(notebook, COURSE[lesson])


def running(found: Matched, exercise: str) -> str:
    return "\n".join(cell.source for cell in found.running if (cell.kind, cell.slug) == ("exercise", exercise))


@RUNS
@pytest.mark.parametrize("above", [True, False])
@pytest.mark.parametrize("kind", ["exploration", "check", "setup"])
def test_it_counts_where_its_own_cell_was_left(lesson, kind, above):
    exercise, defines = EXERCISES[lesson], COURSE[lesson].defines[EXERCISES[lesson]]
    notebook, cell = typed_into(lesson, f"check-{exercise}" if kind == "check" else kind, above)
    found = matched(notebook, lesson)
    assert f"def {defines}(" in running(found, exercise)
    assert "NotImplementedError" not in running(found, exercise)
    place = notebook.cells.index(cell) + 1
    notes = "; ".join(map(str, found.notes[exercise]))
    assert "its own cell was left as it was; what was typed into a" in notes
    assert f"counts: cell {place} (" in notes
    assert "deleted" not in notes
    assert exercise not in untouched(found, COURSE[lesson])
    assert not any("check(" in one.source or "ready(" in one.source for one in found.running)


def test_it_counts_in_another_exercises_check_and_where_its_own_cell_is_gone():
    notebook, _ = typed_into("01_seq2seq", "check-pad_batch")
    del notebook.cells[editor.place_of(notebook, "encode_words")]
    found = matched(notebook, "01_seq2seq")
    assert "def encode_words(" in running(found, "encode_words")
    assert "its own cell is gone; what was typed into a check cell counts" in str(found.notes["encode_words"][0])
    assert "deleted" not in str(found.notes.get("pad_batch", ""))


def test_one_in_an_if_block_counts_with_what_it_needs():
    notebook = editor.released("01_seq2seq")
    answer = editor.answers("01_seq2seq")["encode_words"].replace("\n", "\n    ")
    shown = kind_of(notebook, "exploration")
    shown.source = f"if ready('make_dictionary'):\n    import itertools as tools\n    {answer}\n    train()"
    found = matched(notebook, "01_seq2seq")
    assert "def encode_words(" in running(found, "encode_words")
    assert "import itertools as tools" in running(found, "encode_words")
    assert "train()" not in running(found, "encode_words")


@pytest.mark.parametrize("kind", ["exploration", "check-encode_words"])
def test_it_is_named_where_the_own_cell_was_filled_in(kind):
    notebook, cell = typed_into("01_seq2seq", kind)
    editor.find(notebook, "encode_words").source = "def encode_words(words, numbers):\n    return [1]"
    found = matched(notebook, "01_seq2seq")
    assert running(found, "encode_words") == "def encode_words(words, numbers):\n    return [1]"
    told = f"not counted is what defines encode_words in cell {notebook.cells.index(cell) + 1} ("
    assert any(str(note).startswith(told) for note in found.notes["encode_words"])


def test_one_that_is_no_python_is_named():
    notebook, cell = typed_into("01_seq2seq", "exploration")
    cell.source = cell.source.replace("return", "retrun", 1)
    found = matched(notebook, "01_seq2seq")
    assert "not counted is what defines encode_words" in str(found.notes["encode_words"][0])


def test_the_courses_own_cells_are_no_answers():
    for lesson, course in COURSE.items():
        found = matched(editor.answered(lesson), lesson)
        assert found.notes == {}, lesson
        others = [cell for cell in found.running if cell.slug not in course.defines and cell.kind != "setup"]
        assert all(cell.kind == "exploration" and "ready(" not in cell.source for cell in others)  # fetched names


@pytest.mark.parametrize("kind", ["exploration", "check-encode_words", "setup"])
def test_what_goes_back_keeps_the_answer_and_has_one_check(kind):
    notebook, _ = typed_into("01_seq2seq", kind)
    found = matched(notebook, "01_seq2seq")
    verdicts = {check.slug: Verdict(check.slug, "passed") for check in checks_of("01")}
    back = returned_notebook.autograded(notebook, found, verdicts, {}, COURSE["01_seq2seq"])
    names = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in back.cells]
    assert [names.count(name) for name in ("encode_words", "check-encode_words")] == [1, 1]
    holding = [cell for cell in back.cells if "return [numbers" in cell.source or "numbers.get" in cell.source]
    assert holding
    assert kind == "setup" or holding[0].metadata.nbgrader.grade_id == "encode_words"
    nbformat.validate(back)
