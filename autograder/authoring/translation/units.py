"""Prose in units that are translated one by one: paragraphs, items, headings, rows of tables, parts of docstrings."""

import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from lessons.toolkit.columns import columns

#: Say a text of a kind in another language, or as it is.
Say = Callable[[str, str], str]

_FENCE = re.compile(r"\s*(```|~~~)")
_START = re.compile(r"\s*(?:[-*+] |#{1,6} |> |\||</?\w)")  # of a unit in the midst of a paragraph
_NUMBERED = re.compile(r"\s*\d+\. ")
_PARTS = re.compile(  # what stands before a unit's text: of a list item, a heading, a quote, a row, in tags
    r"(?P<before>\s*(?:[-*+] |\d+\. |#{1,6} |> |\| ?|(?:<[^>]+>)+)?)(?P<text>.*?)(?P<after>(?:</[^>]+>)*\s*)", re.DOTALL
)
_SECTION = re.compile(r"(Args|Attributes|Examples?|Raises|Returns|Source|Yields):$")
_ITEM = re.compile(r"[\w*]+(?:, \w+)*(?: \([^()]*\))?(?: \w+)?: ")
_NO_WORDS = re.compile(r"`[^`]*`|\$[^$]*\$|<[^>]*>")


def folded(text: str) -> str:
    """A text with each run of white space as one space."""
    return " ".join(text.split())


def has_words(text: str) -> bool:
    """Whether anything in a text can be said in another language: more than code, formulas and numbers."""
    return re.search(r"[A-Za-z]", _NO_WORDS.sub("", text)) is not None


def markdown_in(source: str, say: Say, kind: str = "md") -> str:
    """Markdown with each unit as `say` has it; fences, formulas that stand alone and rows of numbers stay."""
    return "\n".join(unit.said(say, kind) for unit in _markdown_units(source))


@dataclass
class _Unit:
    lines: list[str] = field(default_factory=list)
    is_text: bool = True

    def said(self, say: Say, kind: str) -> str:
        whole = "\n".join(self.lines)
        parts = _PARTS.fullmatch(whole)
        assert parts is not None  # every text matches
        if not self.is_text or not has_words(parts["text"]):
            return whole
        return parts["before"] + say(kind, folded(parts["text"])) + parts["after"]


def _markdown_units(source: str) -> Iterator[_Unit]:
    unit, fence = _Unit(), ""
    for line in source.split("\n"):
        begins_fence = _FENCE.match(line)
        if fence:
            unit.lines.append(line)
            fence = "" if line.strip().endswith(fence) else fence
            continue
        if unit.lines and (begins_fence or _begins(line, unit)):
            yield unit
            unit = _Unit()
        unit.lines.append(line)
        fence = begins_fence[1] if begins_fence else "$$" if line.count("$$") == 1 and _is_alone(line) else ""
        unit.is_text = unit.is_text and not begins_fence and not _is_alone(line)
    yield unit


def _is_alone(line: str) -> bool:
    """Whether a line is, or begins, a formula that stands alone."""
    return line.strip().startswith("$$")


def _begins(line: str, unit: _Unit) -> bool:
    """Whether a line begins another unit than the one above it."""
    last = unit.lines[-1]
    is_closed = not unit.is_text or not last.strip() or re.match(r"\s*(#{1,6} |\||<)", last) is not None
    is_number = _NUMBERED.match(line) is not None and _NUMBERED.match(unit.lines[0]) is not None
    return is_closed or not line.strip() or _is_alone(line) or is_number or _START.match(line) is not None


def docstring_in(text: str, say: Say, width: int) -> str:
    """A docstring with each part as `say` has it, in lines of at most `width` columns.

    Parts are its paragraphs and, below `Args:`, `Returns:` and the like, which stay, what is said of each item.
    """
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(text))
    return "\n\n".join("\n".join(_docstring_lines(paragraph, say, width)) for paragraph in paragraphs)


def _docstring_lines(paragraph: str, say: Say, width: int) -> Iterator[str]:
    lines = paragraph.split("\n")
    section = _SECTION.match(lines[0])
    if section:
        yield lines.pop(0)
    for part in _items(lines, section[1] if section else ""):
        text = "\n".join(part)
        before = text[: len(text) - len(text.lstrip())]
        if ">>>" in text or not has_words(text):
            yield text
        else:
            yield from wrapped(say("docstring", folded(text)), width, before, before + "    " * bool(section))


def _items(lines: list[str], section: str) -> Iterator[list[str]]:
    """The items of a section; a paragraph is one."""
    least = min((len(line) - len(line.lstrip()) for line in lines), default=0)
    item: list[str] = []
    for line in lines:
        is_first = len(line) - len(line.lstrip()) == least
        if item and section and is_first and (section != "Returns" or _ITEM.match(line.strip())):
            yield item
            item = []
        item.append(line)
    if item:
        yield item


def wrapped(text: str, width: int, first: str = "", more: str = "") -> list[str]:
    """A text in lines of at most `width` columns, of which a Hangul syllable takes two.

    Args:
        text: words with spaces between them; a longer word has a line of its own.
        width: columns of a line.
        first, more: what the first line begins with, and each other.
    """
    lines, line, is_empty = [], first, True
    for word in text.split(" "):
        if not is_empty and columns(f"{line} {word}") > width:
            lines.append(line)
            line, is_empty = more, True
        line += word if is_empty else f" {word}"
        is_empty = False
    return [*lines, line]
