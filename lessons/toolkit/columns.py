"""Texts in columns of a terminal, of which a Hangul syllable takes two."""

from collections.abc import Iterable, Sequence

from wcwidth import wcswidth, wcwidth

from lessons.toolkit.text import Words


def columns(text: str) -> int:
    """Count the columns that a text takes in a terminal."""
    whole = wcswidth(text)
    return whole if whole >= 0 else sum(max(wcwidth(character), 0) for character in text)


def padded(words: Words, width: int, *, right: bool = False) -> str:
    """Fill words up with spaces to so many columns of a terminal; `right`: they stand at the right end."""
    text = str(words)
    space = " " * max(width - columns(text), 0)
    return space + text if right else text + space


def table(lines: Iterable[Sequence[Words]], least: Sequence[int] = (), between: str = "") -> str:
    """Write rows of cells below each other, the first column to the left, the others to the right.

    Args:
        lines: rows of equally many cells.
        least: how many columns of the terminal each cell takes at least; more where one of them needs more.
        between: what stands between two cells.
    """
    rows = [[str(cell) for cell in line] for line in lines]
    widths = [max(map(columns, column)) for column in zip(*rows, strict=True)]
    if least:
        longest = widths[0] + 1 if widths[0] > least[0] else 0  # the next cell does not touch a name that is too long
        widths = list(map(max, [longest, *widths[1:]], least))
    return "\n".join(_row(row, widths, between) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int], between: str) -> str:
    pairs = enumerate(zip(cells, widths, strict=True))
    return between.join(padded(cell, width, right=number > 0) for number, (cell, width) in pairs).rstrip()
