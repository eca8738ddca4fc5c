"""Questions about earlier lessons, to be answered without looking back. Nothing is sent or graded."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

from lessons.toolkit.predictions import show_card

FILE = Path(__file__).with_name("recall.toml")
_TEXTS = {
    "how": 'Do not look it up. Write your letter between the quotes of guess="" and run the cell again.',
    "no letter": "{guess!r} is none of {letters}: write one of these letters and run the cell again.",
    "right": "{option}: right. {why}",
    "wrong": "{option}: not quite. {why} Try another letter.",
}


@dataclass(frozen=True)
class Question:
    """A question with its options.

    Attributes:
        lesson: the number of the lesson that asks it, such as "02".
        text: what is asked.
        options: the possible answers, by the letters a, b, c and so on.
        right: the letter of the right one.
        why: for each letter why it is right, or why it tempts and is wrong.
    """

    lesson: str
    text: str
    options: dict[str, str]
    right: str
    why: dict[str, str]


def ask(slug: str, guess: str = "") -> None:
    """Ask a question of `recall.toml`, and say of a letter whether it is right and why.

    Args:
        slug: names the question.
        guess: the learner's letter; empty while there is none.

    Raises:
        KeyError: there is no such question.
    """
    asked = questions()[slug]
    letter = str(guess).strip().lower()
    shown = [f"{name}) {option}" for name, option in asked.options.items()]
    show_card(asked.text, shown, _note(asked, letter, guess))


def _note(asked: Question, letter: str, guess: str) -> str:
    if not letter:
        return _TEXTS["how"]
    if letter not in asked.options:
        return _TEXTS["no letter"].format(guess=guess, letters=", ".join(asked.options))
    kind = "right" if letter == asked.right else "wrong"
    return _TEXTS[kind].format(option=f"{letter}) {asked.options[letter]}", why=asked.why[letter])


@cache
def questions() -> dict[str, Question]:
    """All questions by their names.

    Raises:
        ValueError: one lacks a reason for an option, or its options are not lettered from a on.
    """
    with FILE.open("rb") as file:
        by_lesson = tomllib.load(file)
    return {slug: _question(lesson, slug, one) for lesson, ones in by_lesson.items() for slug, one in ones.items()}


def _question(lesson: str, slug: str, one: dict) -> Question:
    letters = "".join(one["options"])
    if len(letters) < 2 or letters != ascii_lowercase[: len(letters)] or one["right"] not in letters:
        raise ValueError(f"{FILE.name}, {slug}: give two options or more, from a on, and which is right")
    if one["why"].keys() != one["options"].keys():
        raise ValueError(f"{FILE.name}, {slug}: each option needs its reason")
    return Question(lesson, one["question"], one["options"], one["right"], one["why"])
