"""The notebook of another lesson, or of another release, is told as such in one line, not exercise by exercise."""

import json

import editor_cases as editor
import grading_cases as cases
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.checks.registry import checks_of
from autograder.course.lessons import all_lessons, find_lesson
from autograder.course.versions import changelog as changelog_file
from autograder.course.versions import course_version, is_later, read_releases
from autograder.grading import nbgrader_judge
from autograder.judging import exercises, returned_notebook
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.judging.origin import other_origin, other_release
from autograder.learner.own_notebooks import LearnerError
from autograder.learner.terminal_check import check_notebook
from autograder.notebooks import released_cells
from autograder.notebooks.reading import UnreadableError
from autograder.submissions.find import Submission, find_submissions
from autograder.verdict import Verdict

RELEASES = {lesson.slug: editor.released(lesson.slug) for lesson in all_lessons()}


def origin(notebook: NotebookNode, lesson: str) -> str:
    return str(other_origin(notebook, find_lesson(lesson), RELEASES[lesson]) or "")


def release(notebook: NotebookNode, lesson: str) -> str:
    return str(other_release(notebook, find_lesson(lesson), RELEASES[lesson]) or "")


@pytest.mark.parametrize(
    ("lesson", "wanted"),
    [("02_context_limit", "01_seq2seq"), ("01_seq2seq", "06_translator"), ("05_alignments", "03_attention")],
)
@pytest.mark.parametrize("damage", [editor.copied, editor.as_in_colab], ids=["as handed out", "Colab"])
def test_another_lesson_is_named(lesson, wanted, damage):
    told = f"this is the notebook of {lesson}, not of {wanted}; hand in {wanted}.ipynb"
    assert origin(damage(editor.answered(lesson)), wanted) == told


def test_a_lesson_is_itself_whatever_was_done_to_it():
    for slug in RELEASES:
        notebook = editor.answered(slug)
        assert (origin(notebook, slug), release(notebook, slug)) == ("", "")
        assert origin(editor.as_in_colab(notebook), slug) == ""
    mixed = editor.answered("02_context_limit")
    editor.put(mixed, 0, "def encode_words(words, numbers):\n    return []")
    assert origin(mixed, "01_seq2seq") == ""
    assert origin(nbformat.v4.new_notebook(), "01_seq2seq") == ""


# Releases


def of_old_release(monkeypatch, lesson: str, *versions: str) -> NotebookNode:
    """A solved notebook of which two cells are as earlier releases had them."""
    notebook = editor.answered(lesson)
    texts = [cell for cell in notebook.cells if cell.cell_type == "markdown" and "nbgrader" not in cell.metadata][1:3]
    for cell in texts:
        cell.source += "\n\nAs it was then."
        cell.id = cell.id[:-1] + "x"
    given = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata]
    old = {lesson: set().union(*(released_cells.digests(cell.cell_type, cell.source) for cell in given))}
    monkeypatch.setattr("autograder.judging.origin.earlier_releases", lambda: dict.fromkeys(versions, old))
    monkeypatch.setattr(released_cells, "earlier_releases", lambda: dict.fromkeys(versions, old))
    monkeypatch.setattr(released_cells, "all_digests", lambda: frozenset(old[lesson]))
    return notebook


@pytest.mark.parametrize(("versions", "named"), [(("0.1.0",), "0.1.0"), (("0.1.0", "0.2.0"), "0.1.0 or 0.2.0")])
def test_an_older_release_is_named(monkeypatch, versions, named):
    notebook = of_old_release(monkeypatch, "01_seq2seq", *versions)
    told = f"this notebook is of release {named} of the lesson, an earlier one"
    assert release(notebook, "01_seq2seq") == told
    found = match(editor.as_in_colab(notebook), course_notebook(find_lesson("01_seq2seq"), RELEASES["01_seq2seq"]))
    assert str(found.release) == told
    assert "" not in found.notes  # nothing of setup cells that had other texts then


def test_an_older_release_with_other_exercises_is_told_in_one_line(monkeypatch):
    notebook = of_old_release(monkeypatch, "01_seq2seq", "0.1.0")
    notebook.cells = [cell for cell in notebook.cells if "nbgrader" not in cell.metadata]
    told = "this notebook is of release 0.1.0 of the lesson, an earlier one, and has none of its exercises"
    assert origin(notebook, "01_seq2seq").startswith(told)


def test_an_exercise_that_an_older_release_lacks_is_not_called_deleted(monkeypatch):
    notebook = of_old_release(monkeypatch, "01_seq2seq", "0.1.0")
    lost = [editor.place_of(notebook, name) for name in ("pad_batch", "check-pad_batch")]
    notebook.cells = [cell for number, cell in enumerate(notebook.cells) if number not in lost]
    course = course_notebook(find_lesson("01_seq2seq"), RELEASES["01_seq2seq"])
    found = match(notebook, course)
    assert found.notes == {}
    told = "this notebook is of release 0.1.0 of the lesson, an earlier one; it has no cell marked pad_batch, and none"
    check = next(check for check in checks_of("01") if check.slug == "pad_batch")
    assert str(exercises.nowhere(found, check)).startswith(told)
    back = returned_notebook.autograded(notebook, found, {}, {}, course)
    assert back.cells[0].source == f"**Grading** found that {told.split(';')[0]}."


def test_code_that_an_older_release_gave_is_no_answer(monkeypatch):
    notebook = of_old_release(monkeypatch, "01_seq2seq", "0.1.0")
    lost = [editor.place_of(notebook, name) for name in ("pad_batch", "check-pad_batch")]
    notebook.cells = [cell for number, cell in enumerate(notebook.cells) if number not in lost]
    given = editor.cell_of(
        "code", "def pad_batch(sentences):\n    return sentences", metadata={"tags": ["exploration"]}
    )
    notebook.cells.insert(lost[0], given)
    course = course_notebook(find_lesson("01_seq2seq"), RELEASES["01_seq2seq"])
    said = [str(note) for note in match(notebook, course).notes["pad_batch"]]
    assert "what was typed into a cell that is not graded counts" in said[0]
    entered = released_cells.all_digests() | released_cells.digests("code", given.source)
    monkeypatch.setattr(released_cells, "all_digests", lambda: entered)
    assert match(notebook, course).notes == {}


@pytest.mark.parametrize(("status", "told"), [("failed", True), ("error", True), ("passed", False), ("timeout", False)])
def test_an_answer_of_an_older_release_that_is_wrong_now_says_so(monkeypatch, status, told):
    """It may be right of the exercise as it was posed then."""
    notebook = of_old_release(monkeypatch, "01_seq2seq", "0.1.0")
    found = match(notebook, course_notebook(find_lesson("01_seq2seq"), RELEASES["01_seq2seq"]))
    said = exercises._noted(found, "pad_batch", Verdict("pad_batch", status, case="")).reason()
    assert ("release 0.1.0" in said) == told


def test_a_release_that_nobody_has_entered_is_known_by_its_ids():
    notebook = editor.answered("01_seq2seq")
    cell = next(cell for cell in notebook.cells if cell.cell_type == "markdown")
    cell.source += "\nAnother sentence."
    assert release(notebook, "01_seq2seq") == ""  # a learner's own words
    cell.id = f"markdown-{released_cells.digest('markdown', cell.source)}"
    assert release(notebook, "01_seq2seq") == "this notebook is of another release of the lesson than the grader's"


def test_every_earlier_version_is_entered():
    """When a version is raised: python -m autograder.authoring.earlier_releases VERSION LESSONS."""
    versions = [one.version for one in read_releases(changelog_file().read_text(encoding="utf-8"))]
    earlier = [version for version in versions if is_later(course_version(), version)]
    assert sorted(released_cells.earlier_releases()) == sorted(earlier)


# Where it is seen


def test_the_terminal_counts_no_other_lesson_as_solved(tmp_path):
    """Its setup imports what lesson 01 asks for, from the course's own solution of it."""
    path = tmp_path / "01_seq2seq.ipynb"
    nbformat.write(editor.answered("02_context_limit"), path)
    with pytest.raises(LearnerError, match="this is the notebook of 02_context_limit, not of 01_seq2seq"):
        check_notebook(path)


@pytest.mark.filterwarnings("default")
def test_the_terminal_lets_no_solution_be_imported(tmp_path, capsys):
    path = tmp_path / "01_seq2seq.ipynb"
    notebook = editor.answered("01_seq2seq", "make_dictionary")
    editor.find(notebook, "encode_words").source = "from lessons.earlier.lesson_01 import encode_words"
    nbformat.write(notebook, path)
    assert check_notebook(path) == 1
    told = capsys.readouterr().out
    assert "✓ encode_words" not in told
    assert "encode_words stopped with ModuleNotFoundError" in told


@pytest.mark.parametrize(
    ("lesson", "as_lesson"), [("02_context_limit", "01_seq2seq"), ("03_attention", "06_translator")]
)
def test_grading_without_a_sandbox_runs_no_other_lesson(tmp_path, lesson, as_lesson):
    released = tmp_path / "release" / as_lesson / f"{as_lesson}.ipynb"
    released.parent.mkdir(parents=True)
    nbformat.write(RELEASES[as_lesson], released)
    cases.hand_in(tmp_path / "class", "other", json.loads(nbformat.writes(editor.answered(lesson))), as_lesson)
    (submission,) = find_submissions(tmp_path / "class", list(RELEASES), [as_lesson])
    assert isinstance(submission, Submission)
    with pytest.raises(UnreadableError, match=f"this is the notebook of {lesson}, not of {as_lesson}"):
        nbgrader_judge.content_of(tmp_path, submission, submission.attempts[0])


@pytest.mark.slow
@pytest.mark.sandbox
def test_grading_lists_it_once(tmp_path, sandbox_or_skip, capsys):
    content = json.loads(nbformat.writes(editor.answered("02_context_limit", "find_knee")))
    cases.hand_in(tmp_path / "class", "other", content, "01_seq2seq")
    run = cases.grade(tmp_path / "class", tmp_path / "graded", workers=1, isolation="bubblewrap")
    told = "this is the notebook of 02_context_limit, not of 01_seq2seq; hand in 01_seq2seq.ipynb"
    assert {(row.status, row.score, row.reason) for row in run.results} == {("unreadable", 0.0, told)}
    assert [(one.where, str(one.reason)) for one in run.refusals] == [("other/01_seq2seq", told)]
