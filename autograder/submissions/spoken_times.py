"""Times as an LMS writes them for people: `Monday, 9 March 2026, 11:59 PM`, `2026년 3월 9일 월요일, 오후 11:59`."""

import re
import unicodedata
from datetime import UTC, datetime, tzinfo

from autograder.submissions.timestamps import parse_time

# How the months' names begin, without accents: English, German, French, Spanish, Portuguese, Italian, Dutch, Russian.
_MONTHS = (
    "jan ene gen янв",
    "feb fev фев",
    "mar maa mrt мар",
    "apr abr avr апр",
    "may mai mag mei мая маи",
    "jun juin giu июн",
    "jul juil lug июл",
    "aug aou ago авг",
    "sep set сен",
    "oct okt ott out окт",
    "nov ноя",
    "dec dez dic дек",
)
_STARTS = {start: number for number, starts in enumerate(_MONTHS, 1) for start in starts.split()}
_EAST_ASIAN = re.compile(r"(?P<year>\d{4})\s*[년年]\s*(?P<month>\d{1,2})\s*[월月]\s*(?P<day>\d{1,2})\s*[일日]")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[.º]?\s+(?:de\s+)?(?P<month>[^\W\d]+)[.,]*\s+(?:de\s+)?(?P<year>\d{4})")
_MONTH_FIRST = re.compile(r"(?P<month>[^\W\d]+)\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})")
_CLOCK = re.compile(r"\b(?P<hour>\d{1,2})(?:[:.h]|\s?시\s?)?(?P<minute>\d\d)(?:[:.](?P<second>\d\d))?\b")
_AFTERNOON = re.compile(r"\b[Pp]\.?\s?[Mm]\b|오후|午後|下午")
_MORNING = re.compile(r"\b[Aa]\.?\s?[Mm]\b|오전|午前|上午")


def parse_spoken_time(text: str, zone: tzinfo = UTC) -> datetime | None:
    """A time, in UTC; None where it is none that can be read.

    Args:
        text: a date with the month's name or in East Asian order, and a clock of 12 or 24 hours; or what `parse_time`
            reads.
        zone: whose clock it is, where the text names none.
    """
    if (time := parse_time(text, zone)) is not None:
        return time
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    text = unicodedata.normalize("NFKC", text)
    date = next((found for form in (_EAST_ASIAN, _DAY_FIRST, _MONTH_FIRST) if (found := form.search(text))), None)
    if date is None or (month := _month(date["month"])) is None:
        return None
    rest = f"{text[: date.start()]} {text[date.end() :]}"
    if (clock := _CLOCK.search(rest)) is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    if hour < 13 and (_AFTERNOON.search(rest) or _MORNING.search(rest)):
        hour = hour % 12 + (12 if _AFTERNOON.search(rest) else 0)
    try:
        read = datetime(int(date["year"]), month, int(date["day"]), hour, minute, second, tzinfo=zone)
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(name: str) -> int | None:
    if name.isdecimal():
        return int(name)
    name = name.casefold()
    return _STARTS.get(name[:4]) or _STARTS.get(name[:3])
