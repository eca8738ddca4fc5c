"""What `course.toml` says: each key known, each value allowed, or the message says which line to change and how."""

import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, tzinfo
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from autograder.course.lessons import all_lessons, find_lesson, find_solutions
from autograder.errors import CourseError
from autograder.languages import ENGLISH, PUBLISHED
from autograder.paths import PACKAGE

_KEY = r"""(?:[\w-]+|"[^"]*"|'[^']*')"""  # or a part of one that has points
PENALTIES = ("none", "zero", "per_day")
COUNTS = ("newest", "best")

_DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "course": {"name": "", "time_zone": "UTC", "language": ENGLISH},
    "points": {"default": 1},
    "due": {},
    "extensions": {},
    "late": {"penalty": "none", "share_per_day": 0.1, "grace_minutes": 0},
    "attempts": {"count": "newest", "limit": 0},
    "limits": {"seconds_per_exercise": 10, "seconds_per_submission": 60},
}


SETTINGS_VARIABLE = "AUTOGRADER_COURSE"


def settings_file() -> Path:
    """The `course.toml` in force: the one that the environment variable AUTOGRADER_COURSE names, else the course's."""
    return Path(os.environ.get(SETTINGS_VARIABLE) or PACKAGE / "course.toml")


def in_force() -> dict[str, dict[str, Any]]:
    """What `course.toml` says, as nested dicts, with defaults filled in.

    Raises:
        CourseError: the file cannot be read, or something in it is not allowed; the message names the line.
    """
    return _read_once(settings_file())


def of_course() -> dict[str, dict[str, Any]]:
    """What the course's own `course.toml` says, whichever is in force: what is built of the course has it.

    Raises:
        CourseError: as `in_force`.
    """
    return _read_once(PACKAGE / "course.toml")


def _read_once(path: Path) -> dict[str, dict[str, Any]]:
    try:
        return _settings(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise CourseError(f"{path}: cannot be read ({error.strerror})") from error


@cache
def _settings(path: Path, changed: int) -> dict[str, dict[str, Any]]:
    return read_settings(path)


def points(lesson: str, exercise: str, tables: Mapping[str, Mapping[str, Any]] | None = None) -> float:
    """How many points an exercise, or a written answer, is worth, by the settings in force or by other `tables`."""
    table = (tables or in_force())["points"]
    return table.get(lesson, {}).get(exercise, table["default"])


def due(lesson: str) -> datetime | None:
    """When a lesson is due, with its time zone; None where course.toml names no date."""
    return in_force()["due"].get(lesson)


def extension(lesson: str, student: str) -> datetime | None:
    """Until when a student has more time than the others; None where course.toml names no such date."""
    return in_force()["extensions"].get(unicodedata.normalize("NFC", student), {}).get(lesson)


def read_settings(path: Path) -> dict[str, dict[str, Any]]:
    """The tables of a `course.toml` with defaults filled in; due dates have a time zone.

    Raises:
        CourseError: it is no TOML, a key is unknown or a value not allowed; the message names the line.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{path}: {error}") from error
    return _Reader(path, text).read(found)


def time_zone(name: str | None = None) -> tzinfo:
    """The zone of that name, or else the course's.

    Raises:
        KeyError, ValueError, OSError: there is none of that name.
    """
    name = name or in_force()["course"]["time_zone"]
    return UTC if name == "UTC" else ZoneInfo(name)  # Windows knows no others without the package tzdata


class _Reader:
    """Reads one file; knows its text, to say where something is wrong."""

    def __init__(self, path: Path, text: str):
        self._path, self._lines = path, text.splitlines()

    def read(self, found: dict[str, Any]) -> dict[str, dict[str, Any]]:
        for name, table in found.items():
            self._known((), name, _DEFAULTS)
            if not isinstance(table, dict):
                self._refuse((name,), f"is {_shown(table)}, expected a table: [{name}]")
        tables = {name: {**defaults, **found.get(name, {})} for name, defaults in _DEFAULTS.items()}
        zone = self._course(tables["course"])
        self._points(tables["points"])
        tables["due"] = {lesson: self._date(("due", lesson), when, zone) for lesson, when in tables["due"].items()}
        tables["extensions"] = self._extensions(tables["extensions"], tables["due"], zone)
        self._late(tables["late"])
        self._one_of(("attempts", "count"), tables["attempts"], COUNTS)
        self._whole(("attempts", "limit"), tables["attempts"]["limit"])
        self._limits(tables["limits"])
        return tables

    def _course(self, table: dict[str, Any]) -> tzinfo:
        self._keys("course", table)
        for key, value in table.items():
            if not isinstance(value, str):
                self._refuse(("course", key), f"is {_shown(value)}, expected a text in quotes")
        self._one_of(("course", "language"), table, (ENGLISH, *PUBLISHED))
        try:
            return time_zone(table["time_zone"])
        except (KeyError, ValueError, OSError):
            told = f'is "{table["time_zone"]}", expected the name of a time zone such as "Asia/Seoul" or "UTC"'
            self._refuse(("course", "time_zone"), told)

    def _points(self, table: dict[str, Any]) -> None:
        self._number(("points", "default"), table["default"], 0)
        for lesson, own in table.items():
            if lesson == "default":
                continue
            self._known(("points",), lesson, ["default", *_lessons()])
            if not isinstance(own, dict):
                self._refuse(("points", lesson), f"is {_shown(own)}, expected a table: [points.{lesson}]")
            for exercise, value in own.items():
                self._known(("points", lesson), exercise, _graded(lesson))
                self._number(("points", lesson, exercise), value, 0)

    def _extensions(
        self, table: dict[str, Any], due: Mapping[str, datetime], zone: tzinfo
    ) -> dict[str, dict[str, datetime]]:
        """By student, in the form of the name that all compare, then by lesson."""
        found: dict[str, dict[str, datetime]] = {}
        for student, own in table.items():
            if not isinstance(own, dict):
                example = f'[extensions."{student}"], and below it: 01_seq2seq = 2026-03-16'
                self._refuse(("extensions", student), f"is {_shown(own)}, expected a table: {example}")
            dates = {lesson: self._date(("extensions", student, lesson), when, zone) for lesson, when in own.items()}
            for lesson, until in dates.items():
                if lesson in due and until <= due[lesson]:
                    told = f"is {until}, expected a time after {due[lesson]}, when the lesson is due"
                    self._refuse(("extensions", student, lesson), told)
            found.setdefault(unicodedata.normalize("NFC", student), {}).update(dates)
        return found

    def _date(self, keys: tuple[str, ...], when: Any, zone: tzinfo) -> datetime:
        """When a lesson, the last of the keys, is due."""
        self._known(keys[:-1], keys[-1], _lessons())
        if isinstance(when, datetime):
            return when if when.tzinfo else when.replace(tzinfo=zone)
        if isinstance(when, date):
            return datetime.combine(when, time(23, 59, 59), zone)
        examples = "2026-03-09, 2026-03-09T18:00:00 or 2026-03-09T18:00:00+09:00, without quotes"
        self._refuse(keys, f"is {_shown(when)}, expected a date: {examples}")

    def _late(self, table: dict[str, Any]) -> None:
        self._keys("late", table)
        self._one_of(("late", "penalty"), table, PENALTIES)
        self._number(("late", "share_per_day"), table["share_per_day"], 0, 1)
        self._number(("late", "grace_minutes"), table["grace_minutes"], 0)

    def _limits(self, table: dict[str, Any]) -> None:
        self._keys("limits", table)
        for key, value in table.items():
            self._number(("limits", key), value, 0)
            if value == 0:
                self._refuse(("limits", key), "is 0, expected seconds, more than 0")

    def _keys(self, name: str, table: Iterable[str]) -> None:
        for key in table:
            self._known((name,), key, _DEFAULTS[name])

    def _known(self, above: tuple[str, ...], key: str, known: Iterable[str]) -> None:
        if key in known:
            return
        close = get_close_matches(key, known, 1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
        self._refuse((*above, key), f"is not known; {hint}")

    def _one_of(self, keys: tuple[str, str], table: dict[str, Any], allowed: tuple[str, ...]) -> None:
        self._keys(keys[0], table)
        if table[keys[1]] not in allowed:
            offered = ", ".join(f'"{value}"' for value in allowed)
            self._refuse(keys, f"is {_shown(table[keys[1]])}, expected one of {offered}")

    def _number(self, keys: tuple[str, ...], value: Any, least: float, most: float = 1e6) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            self._refuse(keys, f"is {_shown(value)}, expected a number from {least:g} to {most:g}")

    def _whole(self, keys: tuple[str, str], value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self._refuse(keys, f"is {_shown(value)}, expected a whole number, or 0 for any number")

    def _refuse(self, keys: tuple[str, ...], problem: str) -> NoReturn:
        line = self._line(keys)
        raise CourseError(f"{self._path}{f', line {line}' if line else ''}: {'.'.join(keys)} {problem}")

    def _line(self, keys: tuple[str, ...]) -> int | None:
        """Where a key, or else the table that holds it, stands: TOML's reader does not say."""
        table: list[str] = []
        best = None
        for number, line in enumerate(self._lines, 1):
            if header := re.match(r"\s*\[([^\[\]]+)\]", line):
                here = table = _parts(header[1])
            elif key := re.match(rf"\s*({_KEY}(?:\s*\.\s*{_KEY})*)\s*=", line):
                here = [*table, *_parts(key[1])]
            else:
                continue
            if here[: len(keys)] == list(keys):
                return number
            best = number if here and here == list(keys[: len(here)]) else best
        return best


def _parts(dotted: str) -> list[str]:
    return [part.strip("\"'") for part in re.findall(_KEY, dotted)]


def _shown(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _lessons() -> list[str]:
    return [lesson.slug for lesson in all_lessons()]


def _graded(lesson: str) -> list[str]:
    """What a lesson gives points for."""
    from autograder.course.source import read_lesson

    found = find_lesson(lesson)
    if find_solutions() is None or find_spec("jupytext") is None:  # which reads sources, and learners have not
        cells = json.loads(found.release_notebook.read_text(encoding="utf-8"))["cells"]
        marks = (cell["metadata"].get("nbgrader", {}) for cell in cells)
        return [mark["grade_id"] for mark in marks if mark.get("solution")]
    source = read_lesson(found.source)
    return [*source.exercises, *source.written]
