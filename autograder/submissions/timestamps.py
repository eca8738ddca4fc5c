"""When something was handed in: the times in file names and in nbgrader's timestamp.txt, all in UTC.

nbgrader's exchange also leaves a secret beside a submission; feedback finds its way back by it.
"""

import re
from datetime import UTC, datetime, tzinfo
from pathlib import Path

TIMESTAMP = "timestamp.txt"
SECRET = "submission_secret.txt"
_TIME = re.compile(
    r"(\d{4})-?(\d\d)-?(\d\d)(?:[T _-](\d\d)[:.-]?(\d\d)(?:[:.-]?(\d\d)(?:\.\d+)?)?)?"
    r" ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
_LONGEST = 200  # bytes of such a file


def parse_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A time such as `2026-03-09T145900Z` or `2026-03-09 23:59:00 +0900`, in UTC; None where it is none.

    Args:
        text: date, clock and zone; the clock may have points, hyphens or nothing in place of colons, for file names.
        zone: of a time that names none; nbgrader takes UTC.
    """
    if (found := _TIME.fullmatch(text.strip())) is None:
        return None
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups()[:6])
    try:
        named = datetime(year, month, day, hour, minute, second, tzinfo=_zone(found["zone"], zone))
        return named.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str | None, otherwise: tzinfo) -> tzinfo:
    if name is None:
        return otherwise
    zone = UTC if name in ("Z", "UTC", "GMT") else datetime.strptime(name, "%z").tzinfo
    assert zone is not None  # %z was read
    return zone


def read_timestamp(folder: Path) -> datetime | None:
    """The time in a folder's timestamp.txt; None where there is none, or it holds no time."""
    text = read_short(folder / TIMESTAMP)
    return None if text is None else parse_time(text)


def read_short(path: Path) -> str | None:
    """The beginning of a small text file; None where there is none that can be read."""
    if path.is_symlink() or not path.is_file():
        return None
    try:
        with path.open("rb") as file:
            return file.read(_LONGEST).decode()
    except (OSError, UnicodeDecodeError):
        return None


def folder_name(time: datetime) -> str:
    """A time as the name of a folder: `2026-03-09T145900Z`."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H%M%SZ")


def timestamp_text(time: datetime) -> str:
    """A time as nbgrader writes it: `2026-03-09 14:59:00 UTC`."""
    return time.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
