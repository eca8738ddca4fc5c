"""Questions about earlier lessons, to be answered without looking back. Nothing is sent or graded."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import ascii_lowercase

from lessons.toolkit.predictions import no_letter, show_card
from lessons.toolkit.text import named, said

FILE = Path(__file__).with_name("recall.toml")


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

    def option(self, letter: str) -> str:
        """An option as it is shown, with its letter."""
        return f"{letter}) {named(self.options[letter])}"


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
    shown = [asked.option(name) for name in asked.options]
    show_card(named(asked.text), shown, _note(asked, letter, guess))


def _note(asked: Question, letter: str, guess: str) -> str:
    if not letter:
        return said('Do not look it up. Write your letter between the quotes of guess="" and run the cell again.')
    if letter not in asked.options:
        return no_letter(guess, asked.options)
    told = {"option": asked.option(letter), "why": named(asked.why[letter])}
    if letter == asked.right:
        return said("{option}: right. {why}", **told)
    return said("{option}: not quite. {why} Try another letter.", **told)


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
