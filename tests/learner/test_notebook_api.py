"""What a learner sees of `check` and `hint` in a terminal: in Python and in IPython."""

import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder import check, hint
from autograder.checks.registry import UnknownExercise
from autograder.learner import notebook_api


def right(words, numbers):
    return [numbers.get(word, 3) for word in words] + [2]


def without_end(words, numbers):
    return [numbers.get(word, 3) for word in words]


def unwritten(words, numbers):
    raise NotImplementedError


def raising(words, numbers):
    return words["first"]


@pytest.fixture(autouse=True)
def learner(monkeypatch, tmp_path):
    """Somebody who has opened no hint, in a folder of their own."""
    notebook_api._hints_opened.clear()
    monkeypatch.chdir(tmp_path)


def test_a_pass_prints_one_line(capsys):
    check("encode_words", right)
    assert capsys.readouterr() == ("✓ encode_words: all 2 stages passed\n", "")


@pytest.mark.parametrize(
    ("answer", "kind", "shown"),
    [
        (without_end, "CheckFailed", "The end token is missing."),
        (unwritten, "NotAttempted", "still to do"),
        (raising, "AnswerRaised", 'return words["first"]'),
    ],
)
def test_a_failure_prints_the_message_and_raises(capsys, answer, kind, shown):
    with pytest.raises(notebook_api.CheckFailed) as caught:
        check("encode_words", answer)
    assert type(caught.value).__name__ == kind
    out, err = capsys.readouterr()
    assert shown in out
    assert err == ""


def test_an_interrupted_check_asks_for_an_endless_loop(capsys):
    def endless(words, numbers):
        raise KeyboardInterrupt

    with pytest.raises(notebook_api.AnswerRaised):
        check("encode_words", endless)
    assert "never ends" in capsys.readouterr().out


def test_the_traceback_in_ipython_is_one_line(capsys):
    shell = InteractiveShell.instance()
    shell.user_ns.update(check=check, encode_words=without_end)
    shell.run_cell('check("encode_words", encode_words)')
    out, err = capsys.readouterr()
    assert "Traceback" not in out
    assert out.splitlines()[-1] == "CheckFailed: see the message above"
    assert err == ""
    InteractiveShell.clear_instance()


def test_hints_open_one_at_a_time_and_stop_at_the_last(capsys):
    for _ in range(4):
        hint("encode_words")
    lines = capsys.readouterr().out.splitlines()
    assert [line[:11] for line in lines[::2]] == ["Hint 1 of 3", "Hint 2 of 3", "Hint 3 of 3", "Hint 3 of 3"]
    assert "get" in lines[4]
    assert lines[1].startswith("Call hint(")
    assert lines[5] == "That was the last one."


def test_unknown_exercises_are_named():
    with pytest.raises(UnknownExercise, match="no exercise 'encode'"):
        hint("encode")
    with pytest.raises(UnknownExercise, match="encode_words"):
        check("encode", right)


def test_importing_the_grader_loads_neither_nbgrader_nor_torch():
    heavy = "('torch', 'nbgrader', 'nbconvert')"
    code = f"import sys, autograder, autograder.cli; print([name for name in {heavy} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"
