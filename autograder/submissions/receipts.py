"""The collector's receipts, `collected.csv`: what became of each file, and when each notebook was handed in.

It lies beside the students' folders, not in them. What lies in them may be the student's own: nbgrader's exchange hands
on whatever is in the folder that was submitted, and a zip may hold anything. So only this file says when.
"""

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath

from autograder.course.settings import time_zone
from autograder.csv_tables import append_table, plain_cell, read_rows, write_table
from autograder.errors import GradingError
from autograder.submissions.timestamps import SECRET, parse_time, read_timestamp, timestamp_text

LOG = "collected.csv"
COLUMNS = ("collected", "source", "file", "student", "lesson", "outcome", "reason", "place", "handed_in")
COLLECTED, THERE_ALREADY = "collected", "there already"
EXCHANGE = "nbgrader's exchange"
Receipts = Mapping[str, datetime | None]


def read_receipts(submissions: Path) -> Receipts:
    """When each notebook was handed in that was collected, by the path of its folder; None where that is not known.

    Raises:
        GradingError: collected.csv cannot be read; the message names the line.
    """
    found: dict[str, datetime | None] = {}
    for line, row in _rows(submissions):
        place, outcome = _folder(row["place"]), row["outcome"]
        if row["source"] == EXCHANGE:  # which puts a whole folder in place of another
            found = {one: time for one, time in found.items() if not one.startswith(f"{place}/")}
        if place and (outcome == COLLECTED or (outcome == THERE_ALREADY and found.get(place) is None)):
            found[place] = _time(submissions, line, row["handed_in"])
    return found


def add_receipts(submissions: Path, rows: Sequence[Mapping[str, object]]) -> None:
    """Add rows with columns of collected.csv; `handed_in` is a datetime or None.

    Raises:
        OSError: it cannot be written.
        GradingError: what is there cannot be read.
    """
    path = submissions / LOG
    submissions.mkdir(parents=True, exist_ok=True)
    if path.is_file() and (earlier := list(_rows(submissions))) and not _is_current(path):
        write_table(path, COLUMNS, (row for _, row in earlier))
    whole = [{**dict.fromkeys(COLUMNS, ""), **row} for row in rows]
    append_table(path, COLUMNS, [{**row, "handed_in": _text(row["handed_in"])} for row in whole])


def read_collected(submissions: Path) -> list[dict[str, str]]:
    """All rows of collected.csv, the oldest first; none where there is no such file.

    Raises:
        GradingError: it cannot be read.
    """
    return [row for _, row in _rows(submissions)]


def _text(time: object) -> str:
    return timestamp_text(time) if isinstance(time, datetime) else ""


def _folder(place: str) -> str:
    return unicodedata.normalize("NFC", str(PurePosixPath(place).parent)) if place else ""


def _rows(submissions: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines of collected.csv; those of an earlier version with what its columns did not say."""
    path = submissions / LOG
    try:
        rows = read_rows(path) if path.is_file() else []
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{path}: cannot be read ({error}); save it as CSV in UTF-8") from error
    header = rows[0][1] if rows else []
    if rows and not set(COLUMNS[:-2]) <= set(header):
        raise GradingError(f"{path}, line 1: expected the columns {', '.join(COLUMNS)}, found {', '.join(header)}")
    for line, cells in rows[1:]:
        row = dict.fromkeys(COLUMNS, "") | dict(zip(header, map(plain_cell, cells), strict=False))
        yield line, row if "place" in header else _of_earlier_version(submissions, row)


def _is_current(path: Path) -> bool:
    return "place" in read_rows(path)[0][1]


def _of_earlier_version(submissions: Path, row: dict[str, str]) -> dict[str, str]:
    """Earlier versions told the place as the reason, and wrote the time into timestamp.txt beside the notebook.

    They put nothing there that was handed in but the notebook. A secret says that nbgrader's exchange came after them.
    """
    if row["outcome"] != COLLECTED:
        return row
    folder = submissions / _folder(row["reason"])
    time = None if (folder / SECRET).exists() else read_timestamp(folder)
    return {**row, "place": row["reason"], "handed_in": _text(time)}


def _time(submissions: Path, line: int, text: str) -> datetime | None:
    if not text.strip():
        return None
    if (found := parse_time(text, time_zone())) is None:
        told = f"handed_in is {text!r}, expected a time such as 2026-03-09 14:59:00 UTC"
        raise GradingError(f"{submissions / LOG}, line {line}: {told}")
    return found
