"""Code that is to be mended counts as not attempted as long as it is as it was given."""

import linecache

import pytest

from autograder import check
from autograder.checks.registry import find_check
from autograder.course import lessons
from autograder.learner import notebook_api, to_mend
from autograder.notebooks.given_cells import given_cells

GIVEN = "def encode_words(words, numbers):\n    # what is wrong here?\n    return [numbers[word] for word in words]\n"


@pytest.fixture
def repair(monkeypatch, tmp_path):
    """An exercise of the course as if it gave faulty code."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(type(find_check("encode_words")), "is_repair", True)
    monkeypatch.setattr(to_mend, "given_cells", lambda lesson, exercise: ("", GIVEN))


def answer(text: str):
    name = f"<cell {id(text)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    found = {"__name__": "__main__"}
    exec(compile(text, name, "exec"), found)
    return found["encode_words"]


@pytest.mark.parametrize("text", [GIVEN, GIVEN.replace("    # what is wrong here?\n", "\n")])
def test_as_given_it_is_still_to_do(repair, capsys, text):
    with pytest.raises(notebook_api.NotAttempted) as raised:
        check("encode_words", answer(text))
    for told in (capsys.readouterr().out, " ".join(raised.value.lines)):
        assert "still to do. Find the mistake in the code above" in told
        assert "NotImplementedError" not in told


def test_once_it_is_changed_the_check_says_what_is_wrong(repair, capsys):
    with pytest.raises(notebook_api.CheckFailed) as raised:
        check("encode_words", answer(GIVEN.replace("numbers[word]", "numbers.get(word)")))
    assert not isinstance(raised.value, notebook_api.NotAttempted)


def test_of_other_exercises_the_text_does_not_matter(monkeypatch):
    monkeypatch.setattr(to_mend, "given_cells", lambda lesson, exercise: ("", GIVEN))
    assert not to_mend.is_as_given("encode_words", answer(GIVEN))


def test_while_the_course_is_built_there_is_no_release_to_compare_with(monkeypatch, tmp_path):
    monkeypatch.setattr(lessons, "lessons_in", lambda language: tmp_path)
    assert given_cells.__wrapped__(lessons.all_lessons()[0], "encode_words") == ()
