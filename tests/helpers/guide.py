"""The instructor's guide as a script: its fenced blocks, in order."""

import re
from dataclasses import dataclass
from pathlib import Path

import autograder

GUIDE = Path(autograder.__file__).parent / "GUIDE.md"
_BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<who>\w+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_TABLE = re.compile(r"^\[([\w.]+)\]\n.*?(?=^\[|\Z)", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        kind: what it is written in, such as "bash".
        who: "" for the instructor, "student", or "postgres" for what needs a server.
        text: what it says.
    """

    kind: str
    who: str
    text: str


def blocks(*kinds: str) -> list[Block]:
    """The blocks of these kinds."""
    found = _BLOCK.finditer(GUIDE.read_text(encoding="utf-8"))
    return [Block(one["kind"], one["who"] or "", one["text"]) for one in found if one["kind"] in kinds]


def tables(text: str) -> dict[str, str]:
    """The tables of a course.toml, by name, with their headers."""
    return {found[1]: found[0] for found in _TABLE.finditer(text)}
