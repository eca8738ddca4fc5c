"""When students handed in, by a table: Moodle's grading worksheet, or one of your own with id and handed_in.

Moodle's (Assignment > View all submissions > Download grading worksheet; mod/assign/gradingtable.php) has the columns
Identifier, Full name, Email address, Status, ..., Last modified (submission), Last modified (grade), in the language
and the time zone of whoever downloads it. The number in Identifier is the one in the names of the files. Where marking
is blind, the names are missing until they are revealed.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from autograder.course.settings import time_zone
from autograder.csv_tables import read_rows
from autograder.errors import GradingError
from autograder.submissions.lms_forms import Reading
from autograder.submissions.roster import name_key
from autograder.submissions.spoken_times import parse_spoken_time

HANDED_IN = "handed_in"
_SUBMISSION = "Last modified (submission)"
_STATUS = frozenset("status estado statut stato état stav stan 상태 ステータス 状态 狀態 статус".split())


@dataclass(frozen=True)
class Entry:
    """A student's line.

    Attributes:
        number: Moodle's, or "".
        names: what the student is called there: id, name, address.
        lesson: which, or "" where the table is about one.
        time: when it was handed in; None where it was not.
    """

    number: str
    names: tuple[str, ...]
    lesson: str = ""
    time: datetime | None = None


class Worksheet:
    """Whose and when, line by line."""

    def __init__(self, entries: Iterable[Entry]):
        self._entries = tuple(entries)

    def reveal(self, reading: Reading) -> Reading:
        """A reading of a name that hides the student's, with the name that stands beside its number."""
        entry = next((one for one in self._entries if reading.number and one.number == reading.number), None)
        if not reading.hidden or entry is None or not entry.names:
            return reading
        return replace(reading, names=entry.names, student=entry.names[0], refusal="", hidden=False)

    def time(self, reading: Reading, names: Iterable[str], lesson: str) -> datetime | None:
        """When it was handed in by a student of these names, as far as the table says."""
        ours = [one for one in self._entries if one.lesson in ("", lesson)]
        by_number = [one for one in ours if reading.number and one.number == reading.number and not reading.is_canvas]
        keys = {name_key(name) for name in (*names, *reading.names)}
        found = by_number or [one for one in ours if keys & {name_key(name) for name in one.names}]
        times = {one.time for one in found}
        return times.pop() if len(times) == 1 else None


def read_worksheet(path: Path) -> Worksheet:
    """The table in a CSV file.

    Raises:
        GradingError: it cannot be read, or lacks the columns; the message names them, or the line.
    """
    try:
        rows = read_rows(path)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise GradingError(f"{path}: the worksheet cannot be read ({error}); save it as CSV in UTF-8") from error
    header = [name.strip() for name in rows[0][1]] if rows else []
    names = [name.lower() for name in header]
    if HANDED_IN in names:
        return Worksheet(_own(path, names, rows[1:]))
    return Worksheet(_moodles(path, header, rows[1:]))


def _own(path: Path, names: Sequence[str], rows: Iterable[tuple[int, list[str]]]) -> Iterable[Entry]:
    if not {"id", "name", "email"} & set(names):
        raise GradingError(f"{path}, line 1: expected the column id, name or email beside {HANDED_IN}, found {names}")
    for line, cells in rows:
        row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
        called = tuple(row[key] for key in ("id", "name", "email") if row.get(key))
        yield Entry("", called, row.get("lesson", ""), _time(path, line, row.get(HANDED_IN, "")))


def _moodles(path: Path, header: Sequence[str], rows: Sequence[tuple[int, list[str]]]) -> Iterable[Entry]:
    at = _time_column(header)
    if at is None:
        told = (
            f'expected Moodle\'s columns, with "{_SUBMISSION}", or your own, id and {HANDED_IN}; found {list(header)}'
        )
        raise GradingError(f"{path}, line 1: {told}")
    named = _has_names(header, [cells[1] for _, cells in rows if len(cells) > 1])
    for line, cells in rows:
        if not (number := re.search(r"\d+$", cells[0].strip() if cells else "")):
            continue
        called = [cells[1].strip()] if named and len(cells) > 1 else []
        called += [cell.strip() for cell in cells[2:4] if re.fullmatch(r"\s*[^\s@]+@[^\s@]+\s*", cell)]
        time = _time(path, line, cells[at] if len(cells) > at else "")
        yield Entry(number[0], tuple(name for name in called if name), time=time)


def _has_names(header: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the second column has names: where they are hidden it is the status, and most lines have the same."""
    return len(header) > 1 and header[1].lower() not in _STATUS and 2 * len(set(second)) > len(second)


def _time_column(header: Sequence[str]) -> int | None:
    """Which is `Last modified (submission)`: in any language, the first of two headings alike but in brackets."""
    if _SUBMISSION in header:
        return header.index(_SUBMISSION)
    begins = [re.split(r"\s*[(（]", name)[0] if re.search(r"[(（]", name) else "" for name in header]
    alike = {begin for begin, count in Counter(begins).items() if begin and count == 2}
    return next((at for at, begin in enumerate(begins) if begin in alike), None)


def _time(path: Path, line: int, text: str) -> datetime | None:
    if text.strip() in ("", "-"):
        return None
    if (found := parse_spoken_time(text, time_zone())) is None:
        raise GradingError(f"{path}, line {line}: {text!r} is no time that can be read; write 2026-03-09 23:59 there")
    return found
