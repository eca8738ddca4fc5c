"""Predict, run, explain: a question before an experiment, its answer after it. Nothing is sent or graded."""

import html
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from IPython.display import display

from lessons.toolkit.text import Words, lang_attribute, said

_CARD = "border-left: 4px solid #B5276E; padding: 0.2em 0.9em; margin: 0.4em 0"  # inherits the theme's colours


@dataclass
class _Asked:
    """A question as it was asked last: its options by letter, and the learner's letter, if any."""

    options: dict[str, Words]
    guess: str

    def option(self, letter: str) -> str:
        """An option as it is shown, with its letter."""
        return f"{letter}) {self.options[letter]}"


_asked: dict[str, _Asked] = {}


def ask(slug: str, question: Words, guess: str = "", **options: Words) -> None:
    """Ask what an experiment will show, and keep the guess until `answer` is called.

    Args:
        slug: names the question.
        question: what is asked.
        guess: the learner's letter; empty while there is none.
        options: the possible answers, by the letters a, b, c and so on.

    Raises:
        ValueError: the options are not lettered from a on, or fewer than two.
    """
    if len(options) < 2 or "".join(options) != ascii_lowercase[: len(options)]:
        raise ValueError(f"{slug}: give two options or more, as a=..., b=... and so on, not {', '.join(options)}")
    letter = str(guess).strip().lower()
    asked = _asked[slug] = _Asked(options, letter if letter in options else "")
    if asked.guess:
        note = said("Your guess: {guess}. The experiment below gives the answer.", guess=asked.option(letter))
    elif letter:
        note = no_letter(guess, options)
    else:
        note = said('Write your letter between the quotes of guess="" and run the cell again.')
    show_card(question, [asked.option(letter) for letter in options], note)


def answer(slug: str, right: str, measured: Words, **why: Words) -> None:
    """Set the guess beside what was measured.

    Args:
        slug: names the question.
        right: the letter of the option that turned out right.
        measured: what the experiment found, in a sentence.
        why: by letter, why an option tempts and where it goes wrong; told to whoever chose it and was wrong.
    """
    asked = _asked.get(slug)
    if asked is None:
        show_card(measured, [], said("To set a guess beside it, run the cell that asks {slug}.", slug=repr(slug)))
        return
    missed = asked.guess not in ("", right)
    reason = [why[asked.guess]] if missed and asked.guess in why else []
    show_card(_told(asked, right), reason, measured)


def _told(asked: _Asked, right: str) -> str:
    """How the guess and the right option stand to one another."""
    found = asked.option(right)
    if not asked.guess:
        return said("You made no guess. The answer is {right}", right=found)
    if asked.guess == right:
        return said("You guessed right: {right}", right=found)
    return said("You guessed {guess}. The answer is {right}", guess=asked.option(asked.guess), right=found)


def no_letter(guess: object, options: Iterable[str]) -> str:
    """Say that what was written is none of the options' letters."""
    return said(
        "{guess} is none of {letters}: write one of these letters and run the cell again.",
        guess=repr(guess),
        letters=", ".join(options),
    )


def option_for(value: float, *edges: float) -> str:
    """The letter of the option that a number falls into.

    Args:
        value: what was measured.
        edges: where the second option begins, the third, and so on, rising; `a` is all below the first.

    Raises:
        ValueError: the edges do not rise.
    """
    if list(edges) != sorted(set(edges)):
        raise ValueError(f"the edges {edges} do not rise")
    return ascii_lowercase[bisect_right(edges, value)]


def show_card(first: Words, items: Sequence[Words], last: Words) -> None:
    """Show a card of a bold line, a list and a note; plain text where HTML cannot be shown."""
    texts = [str(first), *map(str, items), str(last)]
    bold, *listed, note = map(html.escape, texts)
    lines = "".join(f"<br>{item}" for item in listed)
    card = f'<div{lang_attribute()} style="{_CARD}"><b>{bold}</b>{lines}<br><i>{note}</i></div>'
    display({"text/html": card, "text/plain": "\n".join(texts)}, raw=True)
