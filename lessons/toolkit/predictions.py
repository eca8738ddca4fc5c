"""Predict, run, explain: a question before an experiment, its answer after it. Nothing is sent or graded."""

import html
from bisect import bisect_right
from dataclasses import dataclass
from string import ascii_lowercase

from IPython.display import display

_TEXTS = {  # everything a learner reads that is not in the lesson
    "how": 'Write your letter between the quotes of guess="" and run the cell again.',
    "kept": "Your guess: {guess}. The experiment below gives the answer.",
    "no letter": "{guess!r} is none of {letters}: write one of these letters and run the cell again.",
    "hit": "You guessed right: {right}",
    "miss": "You guessed {guess}. The answer is {right}",
    "none": "You made no guess. The answer is {right}",
    "unasked": "To set a guess beside it, run the cell that asks {slug!r}.",
}
_CARD = "border-left: 4px solid #B5276E; padding: 0.2em 0.9em; margin: 0.4em 0"  # inherits the theme's colours


@dataclass
class _Asked:
    """A question as it was asked last: its options by letter, and the learner's letter, if any."""

    options: dict[str, str]
    guess: str

    def option(self, letter: str) -> str:
        """An option as it is shown, with its letter."""
        return f"{letter}) {self.options[letter]}"


_asked: dict[str, _Asked] = {}


def ask(slug: str, question: str, guess: str = "", **options: str) -> None:
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
        note = _TEXTS["kept"].format(guess=asked.option(letter))
    elif letter:
        note = _TEXTS["no letter"].format(guess=guess, letters=", ".join(options))
    else:
        note = _TEXTS["how"]
    show_card(question, [asked.option(letter) for letter in options], note)


def answer(slug: str, right: str, measured: str, **why: str) -> None:
    """Set the guess beside what was measured.

    Args:
        slug: names the question.
        right: the letter of the option that turned out right.
        measured: what the experiment found, in a sentence.
        why: by letter, why an option tempts and where it goes wrong; told to whoever chose it and was wrong.
    """
    asked = _asked.get(slug)
    if asked is None:
        show_card(measured, [], _TEXTS["unasked"].format(slug=slug))
        return
    kind = "none" if not asked.guess else "hit" if asked.guess == right else "miss"
    guess = asked.option(asked.guess) if asked.guess else ""
    reason = [why[asked.guess]] if kind == "miss" and asked.guess in why else []
    show_card(_TEXTS[kind].format(guess=guess, right=asked.option(right)), reason, measured)


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


def show_card(first: str, items: list[str], last: str) -> None:
    """Show a card of a bold line, a list and a note; plain text where HTML cannot be shown."""
    lines = "".join(f"<br>{html.escape(item)}" for item in items)
    card = f'<div style="{_CARD}"><b>{html.escape(first)}</b>{lines}<br><i>{html.escape(last)}</i></div>'
    display({"text/html": card, "text/plain": "\n".join([first, *items, last])}, raw=True)
