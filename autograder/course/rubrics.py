"""What graders are given for a written answer: a model answer, and a rubric whose items share its points equally.

A lesson's source has both in the cell of the answer:

    # **A model answer.** ...
    #
    # **For whoever grades**, a half of the points each: one thing; another thing (not this; nor that).

What follows the first colon are the items. Semicolons part them, unless they stand in brackets.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MODEL, _RUBRIC = "**A model answer.**", "**For whoever grades**"
_EMPHASIS = re.compile(r"([*_`])(\w(?:.*?\w)?)\1")


@dataclass(frozen=True)
class Rubric:
    """How a written answer is graded.

    Attributes:
        model_answer: in Markdown.
        items: what earns an equal share of the points each, in words without marks of Markdown.
    """

    model_answer: str
    items: tuple[str, ...]

    def points(self, given: "tuple[bool, ...]", most: float) -> float:
        """The points for the items that are given, of `most`."""
        return round(most * sum(given) / len(self.items), 4)


def read_rubric(written: str) -> Rubric:
    """Read the cell of a written answer, as a lesson's source has it."""
    model, _, rubric = written.partition(_RUBRIC)
    items = " ".join(rubric.partition(":")[2].split()).rstrip(".")
    return Rubric(model.replace(_MODEL, "", 1).strip(), tuple(map(_as_item, _parted(items))))


def _parted(text: str) -> Iterator[str]:
    """What stands between semicolons that no brackets hold."""
    depth, begin = 0, 0
    for place, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == ";" and depth == 0:
            yield text[begin:place]
            begin = place + 1
    yield text[begin:]


def _as_item(text: str) -> str:
    plain = _EMPHASIS.sub(r"\2", text).strip()
    return plain[:1].upper() + plain[1:]
