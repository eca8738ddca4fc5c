"""An answer with the stub's last line left in it was attempted: it fails, and the reason says which line to delete."""

import editor_cases as editor
import pytest

from autograder.course.lessons import find_lesson
from autograder.judging.attempted import attempted
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.learner.terminal_check import check_notebook
from autograder.verdict import Verdict

RAISE = "raise NotImplementedError"
EXERCISES = {"01_seq2seq": "encode_words", "02_context_limit": "find_knee", "06_translator": "ngram_matches"}
COURSE = {lesson: course_notebook(find_lesson(lesson), editor.released(lesson)) for lesson in EXERCISES}


def verdict(lesson: str, source: str) -> Verdict:
    """What is said of an exercise's cell on which the check has met NotImplementedError."""
    exercise, notebook = EXERCISES[lesson], editor.released(lesson)
    editor.find(notebook, exercise).source = source
    return attempted(match(notebook, COURSE[lesson]), Verdict(exercise, "not_attempted"))


def with_line(lesson: str, above: bool) -> tuple[str, int]:
    """The answer with the line left above or below its own code, and its number."""
    stub, answer = (notebook(lesson) for notebook in (editor.released, editor.answered))
    before, after = (editor.find(notebook, EXERCISES[lesson]).source.split("\n") for notebook in (stub, answer))
    at = next(number for number, line in enumerate(before) if RAISE in line)
    left = before[at] if above else f"{before[at][: len(before[at]) - len(before[at].lstrip())]}{RAISE}()"
    place = at if above else len(after)
    return "\n".join([*after[:place], left, *after[place:]]), place + 1


@pytest.mark.parametrize("lesson", EXERCISES)
@pytest.mark.parametrize("above", [True, False])
def test_the_line_and_the_cell_are_named(lesson, above):
    source, line = with_line(lesson, above)
    found = verdict(lesson, source)
    number = editor.place_of(editor.released(lesson), EXERCISES[lesson]) + 1
    assert found.status == "error"
    assert f"left in the answer, so nothing below it runs: delete line {line} of cell {number} (" in found.reason()
    assert "delete line" in found.text()


def test_one_in_a_block_of_the_answer_is_named():
    found = verdict("01_seq2seq", f"def encode_words(words, numbers):\n    if words:\n        {RAISE}\n    return []")
    assert "left in the answer, so nothing below it runs: delete line 3 of cell" in found.reason()


@pytest.mark.parametrize("lesson", EXERCISES)
def test_a_stub_is_not_attempted(lesson):
    stub = editor.find(editor.released(lesson), EXERCISES[lesson]).source
    for source in (stub, f"import math\n{stub}", stub.replace("raise", "...;  raise"), f"# to do\n{stub}\n"):
        assert verdict(lesson, source).status == "not_attempted"


def test_one_that_calls_what_is_still_to_do_was_attempted():
    source = "def encode_words(words, numbers):\n    return build_vocabulary([words])"
    found = verdict("01_seq2seq", source)
    assert found.status == "error"
    assert "the answer calls something that still raises NotImplementedError: write what cell" in found.reason()


def test_of_a_class_with_a_method_still_to_do_nothing_else_is_said():
    stub = editor.find(editor.released("03_attention"), "additive_score").source
    half = stub.replace(next(line for line in stub.split("\n") if RAISE in line), "        return self.key(states)", 1)
    course = course_notebook(find_lesson("03_attention"), editor.released("03_attention"))
    notebook = editor.released("03_attention")
    editor.find(notebook, "additive_score").source = half
    found = attempted(match(notebook, course), Verdict("additive_score", "not_attempted"))
    assert found.status == "not_attempted"


def test_the_terminal_says_so_too(tmp_path, capsys):
    import nbformat

    notebook = editor.released("01_seq2seq")
    editor.find(notebook, "encode_words").source = with_line("01_seq2seq", above=True)[0]
    path = tmp_path / "01_seq2seq.ipynb"
    nbformat.write(notebook, path)
    assert check_notebook(path) == 1
    told = capsys.readouterr().out
    assert "✗ encode_words: a line that raises NotImplementedError was left in the answer" in told
    assert told.count("still to do") == len(COURSE["01_seq2seq"].defines) - 1
