"""An exercise whose cell one key has made Markdown or raw is not deleted: it is turned back, and the report says so."""

from collections.abc import Callable

import editor_cases as editor
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import find_lesson
from autograder.judging import returned_notebook
from autograder.judging.course_notebook import CourseNotebook, course_notebook
from autograder.judging.matched import Matched
from autograder.judging.matching import match
from autograder.verdict import Verdict

EXERCISES = {"01_seq2seq": "encode_words", "03_attention": "additive_score", "06_translator": "beam_search"}
COURSE = {lesson: course_notebook(find_lesson(lesson), editor.released(lesson)) for lesson in EXERCISES}


def matched(notebook: NotebookNode, lesson: str) -> Matched:
    return match(notebook, COURSE[lesson])


def runs(found: Matched, exercise: str) -> list[str]:
    return [cell.source for cell in found.of(exercise) if cell.source]


def told(found: Matched, exercise: str) -> str:
    return "; ".join(map(str, found.notes.get(exercise, [])))


def plain(kind: str) -> Callable[[NotebookNode, str], None]:
    return lambda notebook, exercise: editor.make(notebook, exercise, kind)


def fenced(notebook: NotebookNode, exercise: str) -> None:
    editor.make(notebook, exercise, "markdown", f"```python\n{editor.find(notebook, exercise).source}\n```")


def without_metadata(notebook: NotebookNode, exercise: str) -> None:
    editor.make(notebook, exercise, "markdown")
    editor.find(notebook, exercise).metadata = NotebookNode()


def without_id(notebook: NotebookNode, exercise: str) -> None:
    editor.make(notebook, exercise, "raw")
    editor.find(notebook, exercise).id = "another"


def in_colab(notebook: NotebookNode, exercise: str) -> None:
    editor.make(notebook, exercise, "markdown")
    editor.as_in_colab(notebook)


def beside_a_new_stub(notebook: NotebookNode, exercise: str) -> None:
    """The answer was turned into text, then the stub was pasted again."""
    stub = editor.copied(editor.find(editor.released(lesson_of(exercise)), exercise))
    editor.make(notebook, exercise, "markdown")
    stub.id = "again"
    notebook.cells.insert(0, stub)


def lesson_of(exercise: str) -> str:
    return next(lesson for lesson, name in EXERCISES.items() if name == exercise)


DAMAGES = {
    "Markdown": plain("markdown"),
    "raw": plain("raw"),
    "fenced": fenced,
    "metadata lost": without_metadata,
    "id lost": without_id,
    "Colab": in_colab,
    "stub pasted again": beside_a_new_stub,
}


@pytest.mark.parametrize("lesson", EXERCISES)
@pytest.mark.parametrize("name", DAMAGES)
def test_it_runs_and_the_note_names_the_cell(lesson, name):
    exercise = EXERCISES[lesson]
    notebook = editor.answered(lesson, exercise)
    DAMAGES[name](notebook, exercise)
    found = matched(notebook, lesson)
    assert runs(found, exercise) == [editor.answers(lesson)[exercise]]
    (placed,) = (cell for cell in found.of(exercise) if cell.source)
    kind = "raw text" if name in ("raw", "id lost") else "Markdown"
    assert f"had become {kind} and was turned back into code: cell {placed.index + 1} (" in told(found, exercise)


def test_what_goes_back_has_it_as_code_with_its_marks():
    notebook = editor.answered("01_seq2seq", "encode_words")
    fenced(notebook, "encode_words")
    found = matched(notebook, "01_seq2seq")
    verdicts = {
        check.slug: Verdict(check.slug, "passed", notes=tuple(found.notes.get(check.slug, ())))
        for check in checks_of("01")
    }
    back = returned_notebook.autograded(notebook, found, verdicts, {}, COURSE["01_seq2seq"])
    cell = editor.find(back, "encode_words")
    assert (cell.cell_type, cell.source) == ("code", editor.answers("01_seq2seq")["encode_words"])
    assert cell.metadata.nbgrader.grade_id == "encode_words"
    nbformat.validate(back)


def test_a_stub_that_was_turned_is_still_to_do_and_not_deleted():
    notebook = editor.released("01_seq2seq")
    editor.make(notebook, "encode_words", "markdown")
    assert runs(matched(notebook, "01_seq2seq"), "encode_words") == [COURSE["01_seq2seq"].stub("encode_words")]


@pytest.mark.parametrize("kind", ["markdown", "raw"])
def test_checks_and_setup_that_were_turned_are_not_called_deleted(kind):
    notebook = editor.answered("01_seq2seq")
    setup = next(cell.cell_id for cell in COURSE["01_seq2seq"].setup)
    for name in (setup, "check-encode_words"):
        editor.make(notebook, name, kind)
    found = matched(notebook, "01_seq2seq")
    notes = str(found.notes)
    assert "deleted" not in notes
    assert "missing" not in notes
    assert "its check cell had become" in told(found, "encode_words")
    assert "a setup cell had become" in told(found, "")


def kept_as_note(course: CourseNotebook, notebook: NotebookNode) -> None:
    """A first attempt, copied with its marks and made text, so that it need not run."""
    cell = editor.find(notebook, "encode_words")
    note = editor.cell_of("markdown", course.stub("encode_words").replace("raise", "return"), metadata=cell.metadata)
    notebook.cells.append(note)


def kept_by_reset(course: CourseNotebook, notebook: NotebookNode) -> None:
    old = f"# Your answer\n{editor.find(notebook, 'encode_words').source}"
    editor.find(notebook, "encode_words").source = course.stub("encode_words")
    notebook.cells.append(nbformat.v4.new_raw_cell(old, metadata={"tags": ["kept-answer"]}))


@pytest.mark.parametrize("damage", [kept_as_note, kept_by_reset], ids=lambda damage: damage.__name__)
def test_what_was_put_aside_as_text_does_not_count(damage):
    notebook = editor.answered("01_seq2seq", "encode_words")
    damage(COURSE["01_seq2seq"], notebook)
    found = matched(notebook, "01_seq2seq")
    assert runs(found, "encode_words") == [editor.find(notebook, "encode_words").source]
    assert "turned back" not in str(found.notes)
