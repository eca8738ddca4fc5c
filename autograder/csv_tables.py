"""Tables as CSV: written whole or not at all, and nothing in them that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.files import write_whole

_SIGNS = r"[=+\-@＝﹦＋﹢－﹣＠﹫]"  # full-width ones too: spreadsheets in East Asian languages compute them
_IGNORED = r"'\u200b-\u200f\u2060\ufeff"  # an apostrophe may be the guard of another text
# Where a cell begins, at the start and after what separates cells elsewhere: in much of Europe `a;=1` is two cells, and
# quotes that do not begin one hold nothing together.
_START = rf"(?<![\s\S])(?=[\s{_IGNORED}]*{_SIGNS}|'*[\t\r;；])"
_WITHIN = rf"(?<=[;；\r\n])(?=(?:[{_IGNORED}]|[^\S\r\n])*{_SIGNS})"
_FORMULA = re.compile(f"{_START}|{_WITHIN}")
_GUARDED = re.compile(f"(?:{_FORMULA.pattern})'")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def harmless_cell(text: str) -> str:
    """A text that a spreadsheet shows and does not compute: an apostrophe stands before what looks like a formula."""
    return text if _NUMBER.fullmatch(text) else _FORMULA.sub("'", text)


def plain_cell(text: str) -> str:
    """The text of a cell that `harmless_cell` wrote."""
    return _GUARDED.sub("", text)


def number(value: float) -> str:
    """A number of points as a table shows it: 3, not 3.0."""
    return f"{value:.10g}"


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write a table of texts and numbers, whole or not at all."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(row[name]) for name in columns] for row in rows)
    write_whole(path, text.getvalue().encode("utf-8", "backslashreplace"))


def append_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table, which is made if it is not there."""
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def read_rows(path: Path) -> list[tuple[int, list[str]]]:
    """The rows of a table that a spreadsheet may have saved, each with the number of its last line.

    Raises:
        OSError, UnicodeDecodeError, csv.Error: it cannot be read.
    """
    content = path.read_bytes()
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    header = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
    return [(reader.line_num, row) for row in reader]


def _cell(value: object) -> str:
    return number(value) if isinstance(value, int | float) else harmless_cell(str(value))
