"""The journal of an output folder: which content was graded with which checks where, and what came of it.

Rows are only added, none twice, and taken out only where a student is to be forgotten. One is written for each notebook
that was judged, and after each entry into the gradebook, before anything is reported: so a killed run goes on where it
stopped, and what is in the journal need not be judged again. The last row on a student's lesson is the attempt that
counts.

A row that was written survives a power cut: `synchronous = EXTRA` waits for the disk until the file and the end of
SQLite's rollback journal are on it (https://sqlite.org/pragma.html#pragma_synchronous). A write-ahead log would wait
less; but it needs shared memory, which no network file system has (https://sqlite.org/wal.html).
"""

import json
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.results.fingerprint import Key
from autograder.verdict import Verdict

FILE = "journal.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS graded (
    number INTEGER PRIMARY KEY,
    student TEXT NOT NULL,
    lesson TEXT NOT NULL,
    submission TEXT NOT NULL,  -- SHA-256 of the notebook's bytes; '' where there was none to grade
    checks TEXT NOT NULL,      -- JSON: exercise -> SHA-256 of what decides on it
    environment TEXT NOT NULL, -- SHA-256 of versions, limits and the secret of fresh cases
    verdicts TEXT NOT NULL,    -- JSON: exercise -> its verdict, as `Verdict.to_data` gives it
    time REAL NOT NULL         -- seconds since 1970
);
CREATE INDEX IF NOT EXISTS by_student ON graded (student, lesson, number);
CREATE TABLE IF NOT EXISTS finished (  -- runs that came to their end
    last INTEGER NOT NULL,     -- number of the last row of `graded` then
    time REAL NOT NULL         -- seconds since 1970
);
"""
_ADDED = {  # columns that journals of earlier versions lack
    "attempt": "TEXT NOT NULL DEFAULT ''",  # its folder's name; '' for the notebook in the lesson's own folder
    "details": "TEXT NOT NULL DEFAULT '{}'",  # JSON, until 0.3.0: exercise -> stage, cause, case and seconds
    "scoring": "TEXT NOT NULL DEFAULT ''",  # SHA-256 of points, due date and rules, where it was entered as what counts
    "extension": "TEXT NOT NULL DEFAULT ''",  # until when course.toml gave the student more time, where it was entered
}
_FIELDS = ("submission", "checks", "environment", "verdicts", "attempt", "scoring", "extension", "details", "time")
_READ = f"SELECT {', '.join(_FIELDS)} FROM graded WHERE student = ? AND lesson = ?"
_NEWEST = "SELECT max(number) FROM graded GROUP BY student, lesson"
_READ_CLASS = f"SELECT student, lesson, {', '.join(_FIELDS)} FROM graded WHERE number IN ({_NEWEST})"
_WRITE = f"INSERT INTO graded (student, lesson, {', '.join(_FIELDS)}) VALUES ({', '.join('?' * (2 + len(_FIELDS)))})"


@dataclass(frozen=True)
class Entry:
    """What the journal says of a notebook.

    Attributes:
        key: what its verdicts depend on.
        verdicts: by exercise and written answer.
        attempt: which of the student's attempts it is.
        scoring: hash of what its points depend on; "" where it was judged and did not count.
        extension: until when course.toml gave the student more time; "" where it gave none.
    """

    key: Key
    verdicts: Mapping[str, Verdict]
    attempt: str = ""
    scoring: str = ""
    extension: str = ""


def history(root: Path, student: str, lesson: str) -> list[Entry]:
    """All that the journal says of a student's lesson, oldest first."""
    if not (root / FILE).exists():
        return []
    with _open(root) as journal:
        return _history(journal, student, lesson)


def _history(journal: sqlite3.Connection, student: str, lesson: str) -> list[Entry]:
    return [_entry(row) for row in journal.execute(f"{_READ} ORDER BY number", (student, lesson))]


def read(root: Path, student: str, lesson: str) -> Entry | None:
    """What counts of a student's lesson; None where there is nothing."""
    return next(reversed(history(root, student, lesson)), None)


def of_class(root: Path) -> dict[tuple[str, str], Entry]:
    """What counts, by student and lesson."""
    if not (root / FILE).exists():
        return {}
    with _open(root) as journal:
        return {(student, lesson): _entry(row) for student, lesson, *row in journal.execute(_READ_CLASS)}


def by_attempt(entries: list[Entry]) -> dict[str, Entry]:
    """The last entry on each attempt."""
    return {entry.attempt: entry for entry in entries}


def entered(entries: list[Entry]) -> Entry | None:
    """What stands in the gradebook, of a history; None where nothing was entered."""
    return next((one for one in reversed(entries) if one.scoring), None)


def write(root: Path, student: str, lesson: str, entry: Entry) -> None:
    """Add an entry, unless the last one says the same; it is on the disk when this returns."""
    row = _row(entry)
    with _open(root) as journal, journal:
        if list(map(_row, _history(journal, student, lesson)[-1:])) != [row]:
            journal.execute(_WRITE, (student, lesson, *row, "{}", time.time()))


def students(root: Path) -> set[str]:
    """All of whom the journal has something."""
    if not (root / FILE).exists():
        return set()
    with _open(root) as journal:
        return {student for (student,) in journal.execute("SELECT DISTINCT student FROM graded")}


def forget(root: Path, student: str) -> None:
    """Take out all entries of a student; nothing of them stays in the file."""
    with _open(root) as journal:
        with journal:
            journal.execute("DELETE FROM graded WHERE student = ?", (student,))
        journal.execute("VACUUM")


def finish(root: Path) -> None:
    """Note that a run has come to its end, where there is a journal."""
    if not (root / FILE).exists():
        return
    with _open(root) as journal, journal:
        journal.execute("INSERT INTO finished SELECT coalesce(max(number), 0), ? FROM graded", (time.time(),))


def unfinished(root: Path) -> set[tuple[str, str]]:
    """Student and lesson of what was entered since a run last came to its end: by runs that were stopped."""
    if not (root / FILE).exists():
        return set()
    since = "(SELECT coalesce(max(last), 0) FROM finished)"
    with _open(root) as journal:
        found = f"SELECT DISTINCT student, lesson FROM graded WHERE scoring != '' AND number > {since}"
        return set(journal.execute(found))


def _row(entry: Entry) -> tuple[str, ...]:
    """The first of `_FIELDS`."""
    data = {name: verdict.to_data() for name, verdict in entry.verdicts.items()}
    checks, verdicts = (json.dumps(dict(part), ensure_ascii=False) for part in (entry.key.checks, data))
    counts = (entry.attempt, entry.scoring, entry.extension)
    return (entry.key.submission, checks, entry.key.environment, verdicts, *counts)


def _entry(row: Sequence[Any]) -> Entry:
    submission, checks, environment, verdicts, attempt, scoring, extension, details, _ = row
    key = Key(submission, json.loads(checks) if checks.startswith("{") else {}, environment)
    older = json.loads(details)
    found = {name: _verdict(name, data, older.get(name, {})) for name, data in json.loads(verdicts).items()}
    return Entry(key, found, attempt, scoring, extension)


def _verdict(exercise: str, data: Mapping[str, Any], older: Mapping[str, Any]) -> Verdict:
    """A verdict as it was written; of one from version 0.3.0 or before, the words are kept as they are."""
    if "reason" in data:
        names = {"stage": "name", "cause": "cause", "case": "case", "seconds": "seconds"}
        known = {new: older[old] for old, new in names.items() if old in older}
        data = {"exercise": exercise, "status": data["status"], "title": data["reason"], "case": "", **known}
    return Verdict.from_data(data)


@contextmanager
def _open(root: Path) -> Iterator[sqlite3.Connection]:
    """The journal, made if need be. Several workers write: each waits for the others."""
    with closing(sqlite3.connect(root / FILE, timeout=60)) as journal:
        journal.execute("PRAGMA synchronous = EXTRA")
        journal.executescript(_SCHEMA)
        there = {column[1] for column in journal.execute("PRAGMA table_info(graded)")}
        for name in _ADDED.keys() - there:
            try:
                journal.execute(f"ALTER TABLE graded ADD COLUMN {name} {_ADDED[name]}")
            except sqlite3.OperationalError as error:
                if "duplicate column" not in str(error):  # another worker was first
                    raise
        yield journal
