"""Reads gold alignments of other corpora: a line for each pair, `i-j` for a sure link, `ipj` for a possible one."""

import re
from pathlib import Path

from lessons.toolkit.corpus import CorpusError, Link

_LINK = re.compile(r"(\d+)([-p])(\d+)")


def read_alignments(path: str | Path, first: int) -> list[tuple[Link, ...]]:
    """Read a file of alignments, UTF-8, such as `0-0 1p2` on each line; an empty line is a pair without links.

    Args:
        path: the file.
        first: the number of the first word in the file, 0 or 1. Nothing in a file tells which, so it must be stated.

    Returns:
        For each line its links, counted from 0.

    Raises:
        ValueError: `first` is neither 0 nor 1.
        CorpusError: the file cannot be read or a line is malformed; the message names file and line.
    """
    if first not in (0, 1):
        raise ValueError(f"first={first!r}: words are counted from 0 or from 1; say which")
    try:
        lines = Path(path).read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise CorpusError(f"{path}: not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror}); check the path") from None
    return [
        tuple(_link(item, first, f"{path}, line {number}") for item in line.split())
        for number, line in enumerate(lines, start=1)
    ]


def _link(item: str, first: int, place: str) -> Link:
    match = _LINK.fullmatch(item)
    if match is None:
        raise CorpusError(f"{place}: {item!r} is no link; write i-j (sure) or ipj (possible)")
    source, target = int(match[1]) - first, int(match[3]) - first
    if min(source, target) < 0:
        raise CorpusError(f"{place}: {item} has a 0, but words are counted from {first} here; pass first=0?")
    return Link(source, target, match[2] == "-")
