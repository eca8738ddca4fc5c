"""Questions before experiments: what they show, and that every lesson asks before it answers."""

import re

import nbformat
import pytest

from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson
from lessons.toolkit import predictions

LESSONS = pytest.mark.parametrize("lesson", all_lessons(), ids=lambda lesson: lesson.slug)
CALL = r'predictions\.%s\(\s*"(\w+)"'


@pytest.fixture
def cards(monkeypatch):
    shown = []
    monkeypatch.setattr(predictions, "display", lambda data, raw: shown.append(data))
    monkeypatch.setattr(predictions, "_asked", {})
    return shown


def plain(card):
    return card["text/plain"]


def test_a_question_lists_its_options_and_says_how_to_answer(cards):
    predictions.ask("q", "How many?", a="few", b="many")
    assert plain(cards[0]) == (
        'How many?\na) few\nb) many\nWrite your letter between the quotes of guess="" and run the cell again.'
    )


@pytest.mark.parametrize(
    ("guess", "told"),
    [
        ("b", "You guessed right: b) many\n7 of 9"),
        (" B ", "You guessed right: b) many\n7 of 9"),
        ("a", "You guessed a) few. The answer is b) many\n7 of 9"),
        ("", "You made no guess. The answer is b) many\n7 of 9"),
        ("z", "You made no guess. The answer is b) many\n7 of 9"),
    ],
)
def test_the_answer_stands_beside_the_guess(cards, guess, told):
    predictions.ask("q", "How many?", guess=guess, a="few", b="many")
    predictions.answer("q", "b", "7 of 9")
    assert plain(cards[1]) == told


def test_an_unknown_letter_is_refused_in_words(cards):
    predictions.ask("q", "How many?", guess="z", a="few", b="many")
    assert "'z' is none of a, b: write one of these letters and run the cell again." in plain(cards[0])


def test_the_question_gives_nothing_away(cards):
    predictions.ask("q", "How many?", guess="a", a="few", b="many")
    assert plain(cards[0]).splitlines()[1:3] == ["a) few", "b) many"]
    assert "right" not in plain(cards[0])


def test_an_answer_without_its_question_says_which_cell_to_run(cards):
    predictions.answer("q", "b", "7 of 9")
    assert plain(cards[0]) == "7 of 9\nTo set a guess beside it, run the cell that asks 'q'."


def test_a_guess_is_text_and_no_page(cards):
    predictions.ask("q", "a < b?", guess="<b>", a="<yes>", b="no")
    page = cards[0]["text/html"]
    assert "a &lt; b?" in page
    assert "&lt;yes&gt;" in page
    assert "<yes>" not in page


@pytest.mark.parametrize("options", [{"a": "one"}, {"a": "one", "c": "two"}, {"b": "one", "a": "two"}])
def test_options_are_lettered_from_a_on(options):
    with pytest.raises(ValueError, match="two options or more"):
        predictions.ask("q", "How many?", **options)


@pytest.mark.parametrize(("value", "letter"), [(-1, "a"), (9.9, "a"), (10, "b"), (39, "b"), (40, "c"), (1e9, "c")])
def test_a_number_falls_into_an_option(value, letter):
    assert predictions.option_for(value, 10, 40) == letter


def test_edges_rise():
    with pytest.raises(ValueError, match="do not rise"):
        predictions.option_for(1, 40, 10)


@LESSONS
def test_a_lesson_asks_twice_or_more_and_answers_each_question_behind_it(lesson):
    cells = [cell for cell in read_lesson(lesson.source).code_cells if "predictions." in cell.source]
    asked, answered = (
        [(slug, n) for n, cell in enumerate(cells) for slug in re.findall(CALL % verb, cell.source)]
        for verb in ("ask", "answer")
    )
    assert len(asked) >= 2
    assert [slug for slug, _ in asked] == [slug for slug, _ in answered]
    assert all(before < behind for (_, before), (_, behind) in zip(asked, answered, strict=True))
    assert all("exploration" in cell.tags for cell in cells)
    assert all('guess=""' in cell.source for cell in cells if "predictions.ask" in cell.source)


@LESSONS
def test_the_solution_shows_each_answer(lesson):
    source = read_lesson(lesson.source)
    slugs = re.findall(CALL % "answer", "\n".join(cell.source for cell in source.code_cells))
    outputs = [
        output.data["text/plain"]
        for cell in nbformat.read(lesson.solution_notebook, as_version=4).cells
        for output in cell.get("outputs", [])
        if "data" in output
    ]
    assert sum("You made no guess. The answer is" in text for text in outputs) == len(slugs)


def test_a_tempting_option_gets_its_reason_and_no_other(cards):
    for guess, told in (("a", "few tempts"), ("b", None), ("", None)):
        predictions.ask("q", "How many?", guess=guess, a="few", b="many", c="all")
        predictions.answer("q", "b", "7 of 9", a="few tempts", c="all tempts")
        assert ("few tempts" in plain(cards[-1])) == (told is not None)
        assert "all tempts" not in plain(cards[-1])
