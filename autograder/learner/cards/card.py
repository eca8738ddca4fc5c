"""The answer of a check as a card."""

import re

from markupsafe import Markup, escape

from autograder.checks.framework.check import Check
from autograder.checks.framework.compare import DIMENSIONS
from autograder.learner.cards.display import render
from autograder.status import Status
from autograder.verdict import TO_DO, Entry, Table, Verdict
from lessons.toolkit.text import Text, named, t

WORDS = {
    Status.FAILED: t("not right yet"),
    Status.ERROR: t("stopped with an error"),
    Status.TIMEOUT: t("took too long"),
    Status.CRASHED: t("ended its process"),
}
DARKEST = 0.45  # the share of its colour that the largest number has: text stays legible on it in both themes
POSITIVE, NEGATIVE = "0,114,178", "213,94,0"  # blue and orange, which colour-blind people tell apart


def card(verdict: Verdict, check: Check) -> str:
    """The verdict as HTML; a pass is one short line, the same on every machine.

    Args:
        verdict: what the check found.
        check: of that exercise, for the titles of its stages and its hints.
    """
    if verdict.passed:
        return render("passed.html.j2", verdict=verdict)
    hints = [_with_code(named(hint)) for hint in check.hints]
    if verdict.status == Status.NOT_ATTEMPTED:
        return render("to_do.html.j2", verdict=verdict, to_do=verdict.question or TO_DO, hints=hints)
    tables = verdict.tables and _Sides(*verdict.tables)
    drawn = ("expected", "got") if tables and tables.layout != "apart" else ()
    rows = [row for row in verdict.rows() if row.kind not in drawn]
    return render(
        "card.html.j2",
        verdict=verdict,
        words=WORDS[verdict.status],
        stages=_stages(verdict, check),
        call=[row for row in rows if row.kind == "given"],
        tables=tables,
        facts=[row for row in rows if row.kind != "given"],
        question=_with_code(str(verdict.advice)),
        hints=hints,
    )


def _stages(verdict: Verdict, check: Check) -> list[tuple[str, str, Text, str]]:
    """Symbol, state, its words, and title of each stage."""
    titles = [named(stage.stage_title) for stage in check.stages()] if verdict.stage else []
    passed, failed = ("✓", "passed", t("passed")), ("✗", "not-passed", t("not passed"))
    states = [passed] * (verdict.stage - 1) + [failed] + [("–", "not-reached", t("not reached"))] * len(titles)
    return [(*state, title) for state, title in zip(states, titles, strict=False)]


def _with_code(text: str) -> Markup:
    """Text of the course's own, whose `code` and *emphasis* are marked as in Markdown."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return Markup(re.sub(r"(?<![\w*])\*(\w[^*]*)\*(?![A-Za-z0-9_])", r"<em>\1</em>", marked))


class _Sides:
    """Expected and got as the template draws them.

    Attributes:
        layout: "apart", as two tables; "rows", one row each in one table; "columns", one column each.
        key: the letters of the axes and what they stand for.
        marked, underlined: whether the first difference is marked, and whether it tells something to mark the others.
        shaded, negative: whether there are numbers to be drawn darker, and some below zero.
    """

    def __init__(self, expected: Table, got: Table):
        self.expected, self.got = expected, got
        self.layout = _layout(expected, got)
        letters = dict.fromkeys(letter for letter in (*expected.letters, *got.letters) if letter in DIMENSIONS)
        self.key = ", ".join(f"{letter} {named(DIMENSIONS[letter])}" for letter in letters)
        entries = [entry for table in (expected, got) for row in table.rows for entry in row]
        self.underlined = 2 < sum(entry.differs for entry in entries) <= len(entries) / 2
        self.marked = any(entry.first for entry in entries)
        self.shaded = any(entry.shade for entry in entries)
        self.negative = any(entry.shade < 0 for entry in entries)

    @staticmethod
    def colour(entry: Entry) -> str:
        """A colour that lets the theme's own background through."""
        colour = POSITIVE if entry.shade > 0 else NEGATIVE
        return f"background-color:rgba({colour},{abs(entry.shade) * DARKEST:.2f})"


def _layout(expected: Table, got: Table) -> str:
    if not expected.column_names:
        return "columns"
    flat = len(expected.rows) == len(got.rows) == 1 and expected.column_names == got.column_names
    return "rows" if flat else "apart"
