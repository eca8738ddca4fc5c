"""Questions about earlier lessons: what they show, and that every lesson from the second on asks three of its own."""

import re

import pytest

from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson
from lessons.toolkit import predictions, recall

LATER = pytest.mark.parametrize("lesson", all_lessons()[1:], ids=lambda lesson: lesson.slug)
SLUG = "padding_counts"


@pytest.fixture
def cards(monkeypatch):
    shown = []
    monkeypatch.setattr(predictions, "display", lambda data, raw: shown.append(data["text/plain"]))
    return shown


def test_a_question_gives_nothing_away(cards):
    recall.ask(SLUG)
    asked = recall.questions()[SLUG]
    assert cards[0].splitlines()[0] == asked.text
    assert "Write your letter" in cards[0]
    assert not any(why in cards[0] for why in asked.why.values())


def test_each_letter_gets_its_own_reason(cards):
    asked = recall.questions()[SLUG]
    for letter in asked.options:
        recall.ask(SLUG, guess=f" {letter.upper()} ")
        assert asked.why[letter] in cards[-1]
        assert ("right." in cards[-1]) == (letter == asked.right)
        assert ("Try another letter." in cards[-1]) == (letter != asked.right)


def test_another_letter_is_refused_in_words(cards):
    recall.ask(SLUG, guess="z")
    assert "'z' is none of a, b, c" in cards[0]


@LATER
def test_a_lesson_asks_three_questions_about_earlier_ones(lesson):
    asked = re.findall(r'recall\.ask\("(\w+)"', "\n".join(cell.source for cell in read_lesson(lesson.source).cells))
    assert asked == [slug for slug, one in recall.questions().items() if one.lesson == lesson.number]
    assert len(asked) == 3


def test_right_letters_are_spread():
    """Whoever always writes one letter is right in at most half of the questions."""
    letters = [one.right for one in recall.questions().values()]
    assert max(map(letters.count, letters)) <= len(letters) / 2 or len(letters) < 6
