"""Tables as CSV: written whole or not at all, and nothing in them that a spreadsheet would run."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from autograder.files import write_whole

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # how a cell begins that spreadsheets compute
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


def harmless_cell(text: str) -> str:
    """A text that a spreadsheet shows and does not compute: an apostrophe stands before what looks like a formula."""
    return f"'{text}" if _FORMULA.match(text.lstrip(" ")) and not _NUMBER.fullmatch(text) else text


def plain_cell(text: str) -> str:
    """The text of a cell that `harmless_cell` wrote."""
    return text[1:] if text.startswith("'") and harmless_cell(text[1:]) == text else text


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


def without_rows(path: Path, column: str, text: str) -> tuple[int, bytes]:
    """How many rows of a table have that text in that column, and the table without them."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file)) or [[]]
    place = header.index(column) if column in header else len(header)
    kept = [row for row in rows if not (place < len(row) and plain_cell(row[place]) == text)]
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([header, *kept])
    return len(rows) - len(kept), table.getvalue().encode("utf-8", "backslashreplace")


def append_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Add rows to a table, which is made if it is not there."""
    with path.open("a", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        if file.tell() == 0:
            writer.writerow(columns)
        writer.writerows([_cell(row[name]) for name in columns] for row in rows)


def _cell(value: object) -> str:
    return number(value) if isinstance(value, int | float) else harmless_cell(str(value))
