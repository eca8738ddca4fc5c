"""The verdict on an exercise, in the words of the page that goes back."""

from typing import NamedTuple

from autograder.reports.feedback.markup import marked
from autograder.status import Status
from autograder.text import harmless
from autograder.verdict import Verdict
from lessons.toolkit.text import Words, t

WAITING = "ungraded"  # a written answer that nobody has read yet
NOT_SHOWN = "not_shown"  # an exercise of a notebook that is too much for a page

# Status → symbol and words.
WORDS = {
    Status.PASSED: ("✓", t("Passed")),
    Status.FAILED: ("✗", t("Not right yet")),
    Status.ERROR: ("✗", t("Stopped with an error")),
    Status.TIMEOUT: ("✗", t("Took too long")),
    Status.CRASHED: ("✗", t("Ended its process")),
    Status.MISSING: ("✗", t("Answer not found")),
    Status.NOT_ATTEMPTED: ("○", t("Not attempted")),
    Status.MANUAL: ("✎", t("Graded by hand")),
    WAITING: ("…", t("Waits to be graded by hand")),
    Status.UNREADABLE: ("✗", t("Could not be read")),
    NOT_SHOWN: ("·", t("Not shown here")),
}


class Line(NamedTuple):
    """A line of what is said of an exercise: its kind, a label ("" for the first one), and words."""

    kind: str
    label: str
    words: str


def lines(verdict: Verdict) -> list[Line]:
    """What is said of an exercise, in order: what was wrong, the values, a question, and what was mended."""
    if verdict.status == Status.NOT_ATTEMPTED:
        return []
    found = [Line("head", "", _sentence(verdict.heading if not verdict.hidden else _hidden(verdict)))]
    if not verdict.passed:
        found += [Line(row.kind, _sentence(row.label), harmless(row.words)) for row in verdict.rows()]
        advice = str(verdict.advice)
        found += [Line("advice", str(t("Think about")), marked(harmless(advice)))] if advice else []
    found += [Line("note", str(t("Note")), harmless(f"{note}.")) for note in verdict.notes]
    return [line for line in found if line.words]


def _hidden(verdict: Verdict) -> Words:
    return t("{place} {title}", place=verdict.heading, title=verdict.title)


def _sentence(words: Words) -> str:
    text = harmless(str(words))
    return text[:1].upper() + text[1:]
