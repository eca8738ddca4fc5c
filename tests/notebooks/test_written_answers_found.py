"""A written answer that is not where it belongs is found by place, and a person is asked to read it."""

import json
from collections.abc import Callable

import editor_cases as editor
import grading_cases as cases
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.notebooks import released_cells
from autograder.notebooks.written_answers import Answer, find_written, place_written, verdicts
from autograder.reports.marks import read_marks

LESSON = "02_context_limit"
NAME = "what_capacity_bought"
PROSE = "More capacity bought accuracy at long sentences.\nThe knee moved by three clauses, in all five seeds."
RELEASE = editor.released(LESSON)
AT = editor.place_of(RELEASE, NAME)  # the prompt is above it, the last cell of the lesson below
OLD_PROMPT = "**Written answer.** In four to six sentences: what did more capacity buy?"


def own_cell(at: int, kind: str, text: str = PROSE) -> Callable[[NotebookNode], None]:
    return lambda notebook: editor.put(notebook, at, text, kind) and None


def turned(kind: str) -> Callable[[NotebookNode], None]:
    return lambda notebook: editor.make(notebook, NAME, kind, PROSE)


def marks_lost(notebook: NotebookNode) -> None:
    editor.find(notebook, NAME).source = PROSE
    editor.as_in_colab(notebook)


def turned_and_marks_lost(kind: str) -> Callable[[NotebookNode], None]:
    def damage(notebook: NotebookNode) -> None:
        turned(kind)(notebook)
        editor.as_in_colab(notebook)

    return damage


def into_cell(at: int) -> Callable[[NotebookNode], None]:
    def damage(notebook: NotebookNode) -> None:
        notebook.cells[at].source += f"\n\n{PROSE}"

    return damage


def in_place_of_its_cell(notebook: NotebookNode) -> None:
    del notebook.cells[AT]
    editor.put(notebook, AT - 1, PROSE, "markdown")


def merged_with_prompt(notebook: NotebookNode) -> None:
    notebook.cells[AT - 1].source += f"\n\n{notebook.cells[AT].source}\n{PROSE}"
    del notebook.cells[AT]


def moved_prompt(notebook: NotebookNode) -> None:
    """Prompt and answer were moved to the top; the answer was copied into a cell without marks."""
    prompt = notebook.cells.pop(AT - 1)
    notebook.cells[:0] = [prompt, editor.cell_of("markdown", PROSE)]


def of_old_release(notebook: NotebookNode) -> None:
    notebook.cells[AT - 1] = editor.cell_of("markdown", OLD_PROMPT)
    editor.put(notebook, AT + 1, PROSE, "markdown")


def as_picture(notebook: NotebookNode) -> None:
    cell = editor.put(notebook, AT + 1, "![](attachment:notes.png)", "markdown")
    cell.attachments = {"notes.png": {"image/png": "iVBORw0KGgo="}}


FOUND: dict[str, Callable[[NotebookNode], None]] = {
    "became code": turned("code"),
    "became raw": turned("raw"),
    "marks lost": marks_lost,
    "became code, marks lost": turned_and_marks_lost("code"),
    "became raw, marks lost": turned_and_marks_lost("raw"),
    "own cell below the placeholder": own_cell(AT + 1, "markdown"),
    "own raw cell below": own_cell(AT + 1, "raw"),
    "own cell above the prompt": own_cell(AT - 1, "markdown"),
    "own cell at the end": own_cell(len(RELEASE.cells), "markdown"),
    "comments in an own code cell": own_cell(AT + 1, "code", "# " + PROSE.replace("\n", "\n# ")),
    "a string in an own code cell": own_cell(AT + 1, "code", f'"""{PROSE}"""'),
    "printed in an own code cell": own_cell(AT + 1, "code", f"print({PROSE!r})"),
    "typed into the prompt": into_cell(AT - 1),
    "typed into the cell below": into_cell(AT + 1),
    "typed above its deleted cell": in_place_of_its_cell,
    "merged with the prompt": merged_with_prompt,
    "moved with the prompt": moved_prompt,
    "of an old release": of_old_release,
    "a picture": as_picture,
}


def place(notebook: NotebookNode) -> tuple[Answer, NotebookNode]:
    (answer,) = find_written(notebook, RELEASE)
    (marked,) = place_written(notebook, [answer])
    return answer, marked


@pytest.mark.parametrize("name", FOUND)
def test_it_is_left_to_a_person_with_a_note(name):
    notebook = editor.answered(LESSON, "find_knee")
    FOUND[name](notebook)
    answer, marked = place(notebook)
    found = verdicts(notebook, RELEASE)[NAME]
    assert (found.status, found.notes) == ("manual", answer.notes)
    assert answer.notes
    assert "cell " in found.reason()
    words = "attachment" if name == "a picture" else "The knee moved"
    assert words in marked.source
    assert marked.cell_type == "markdown"
    assert [cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == NAME] == [marked]
    nbformat.validate(notebook)


def left(notebook: NotebookNode) -> None:
    pass


def in_colab(notebook: NotebookNode) -> None:
    editor.as_in_colab(notebook)


def deleted(notebook: NotebookNode) -> None:
    del notebook.cells[AT]


def notes_elsewhere(notebook: NotebookNode) -> None:
    editor.put(notebook, editor.place_of(notebook, "find_knee"), "The knee is where half is lost.", "markdown")


def placeholder_set_otherwise(notebook: NotebookNode) -> None:
    notebook.cells[AT].source = "**Replace this line with your answer.**\n"


def code_and_magics(notebook: NotebookNode) -> None:
    editor.put(notebook, AT + 1, "%matplotlib inline\n!pip list")
    editor.put(notebook, AT + 1, "def helper(x):\n    return x  # how many words are there")


IDLE = (left, in_colab, deleted, notes_elsewhere, placeholder_set_otherwise, code_and_magics)


@pytest.mark.parametrize("damage", IDLE, ids=lambda damage: damage.__name__)
def test_where_nothing_was_written_nobody_is_asked(damage):
    notebook = editor.answered(LESSON, "find_knee")
    damage(notebook)
    place(notebook)
    assert verdicts(notebook, RELEASE)[NAME].status == "not_attempted"


def test_the_text_of_an_earlier_release_is_nobodys_answer(monkeypatch):
    """As those have it who finish a term with the release that they began with, in Colab or not."""
    old = "## What may you conclude?\n\nHeld fixed: the training pairs."
    known = {"0.1.0": {LESSON: {released_cells.digest("markdown", text) for text in (OLD_PROMPT, old)}}}
    monkeypatch.setattr(released_cells, "earlier_releases", lambda: known)
    released_cells.all_digests.cache_clear()
    notebook = editor.released(LESSON)
    notebook.cells[AT - 2 : AT] = [editor.cell_of("markdown", text) for text in (old, OLD_PROMPT)]
    place(editor.as_in_colab(notebook))
    released_cells.all_digests.cache_clear()
    assert verdicts(notebook, RELEASE)[NAME].status == "not_attempted"


def test_an_id_tells_the_text_of_a_release_that_nobody_has_entered():
    notebook = editor.released(LESSON)
    name = f"markdown-{released_cells.digest('markdown', OLD_PROMPT)}"
    notebook.cells[AT - 1] = editor.cell_of("markdown", OLD_PROMPT, id=name)
    place(notebook)
    assert verdicts(notebook, RELEASE)[NAME].status == "not_attempted"
    notebook.cells[AT - 1].source += " Much."
    place(notebook)
    assert verdicts(notebook, RELEASE)[NAME].status == "manual"


def test_stock_nbgraders_steps_ask_a_person_too():
    from autograder.gradebook.autograde_steps import FindWrittenAnswers

    def marked(damage: Callable[[NotebookNode], None]) -> list[str]:
        notebook = editor.released(LESSON)
        damage(notebook)
        found, _ = FindWrittenAnswers().preprocess(notebook, {"nbgrader": {"assignment": LESSON}})
        return [cell.source for cell in found.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == NAME]

    assert [marked(damage) for damage in (own_cell(AT + 1, "markdown"), turned("code"))] == [[PROSE], [PROSE]]
    assert [marked(damage) for damage in (left, deleted)] == [[RELEASE.cells[AT].source], []]


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
def test_table_marks_and_page_wait_for_a_person(tmp_path, sandbox_or_skip):
    from autograder.gradebook import converting, course_root

    handed_in = {"below": own_cell(AT + 1, "markdown"), "raw": turned("raw"), "colab": marks_lost, "idle": left}
    for student, damage in handed_in.items():
        notebook = editor.released(LESSON)
        damage(notebook)
        cases.hand_in(tmp_path / "class", student, json.loads(nbformat.writes(notebook)), LESSON)
    rows = cases.grade(tmp_path / "class", tmp_path / "graded", workers=2, isolation="bubblewrap").results
    found = {row.student: row.status for row in rows if row.exercise == NAME}
    assert found == {"below": "manual", "raw": "manual", "colab": "manual", "idle": "not_attempted"}
    directory = course_root.course_directory(tmp_path / "graded", LESSON)
    with course_root.gradebook(directory) as book:
        marks = read_marks(book).marks
    waiting = {student: marks[student, LESSON].waiting for student in handed_in}
    assert waiting == {"below": 1, "raw": 1, "colab": 1, "idle": 0}
    converting.convert("GenerateFeedback", directory, "below")
    page = (tmp_path / "graded" / "feedback" / "below" / LESSON / f"{LESSON}.html").read_text(encoding="utf-8")
    told = ("The knee moved by three clauses", "Waits to be graded by hand", "its own cell was left as it was")
    assert [words for words in told if words not in page] == []
