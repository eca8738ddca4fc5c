"""A check answers for the cell as it stands, also where Python cannot read it, and its result stays in sight."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder import check
from autograder.learner import notebook_api, printed

RIGHT = """
def encode_words(words, numbers):
    return [numbers.get(word, 3) for word in words] + [2]
"""
BROKEN = RIGHT.replace("numbers):", "numbers)")
LOUD = RIGHT.replace("    return", "    for number in range(100_000): print(number)\n    return")


@pytest.fixture
def shell(monkeypatch, tmp_path):
    """A notebook's shell that has `check`."""
    monkeypatch.chdir(tmp_path)
    shell = InteractiveShell.instance(profile_dir=None)
    shell.history_manager.reset(new_session=False)
    shell.user_ns["check"] = check
    yield shell
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, cell: str) -> BaseException | None:
    done = shell.run_cell(cell, store_history=True)
    return done.error_before_exec or done.error_in_exec


def test_a_cell_that_python_cannot_read_is_not_answered_for_by_an_older_one(shell, capsys):
    assert run(shell, RIGHT) is None
    assert run(shell, 'check("encode_words", encode_words)') is None
    assert isinstance(run(shell, BROKEN), SyntaxError)
    assert isinstance(run(shell, 'check("encode_words", encode_words)'), notebook_api.AnswerRaised)
    assert "the cell that defines encode_words did not run: SyntaxError" in capsys.readouterr().out
    assert run(shell, RIGHT) is None
    assert run(shell, 'check("encode_words", encode_words)') is None


def test_a_broken_cell_of_another_name_does_not_matter(shell):
    run(shell, RIGHT)
    run(shell, "def encode_words_too(words)\n    return words")
    assert run(shell, 'check("encode_words", encode_words)') is None


def test_what_an_answer_prints_leaves_the_result_in_sight(shell, capsys):
    run(shell, LOUD)
    assert run(shell, 'check("encode_words", encode_words)') is None
    told = capsys.readouterr().out
    assert "stages passed" in told.splitlines()[-1]
    assert len(told.splitlines()) <= printed.LINES + 3
    assert "more lines that your code printed are not shown" in told


def test_few_lines_are_shown_as_they_are(capsys):
    with printed.shortened():
        print("one", 2)
        print("three")
    assert capsys.readouterr().out == "one 2\nthree\n"
