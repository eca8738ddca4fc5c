"""What the name of a file that an LMS hands over says: whose it is, which lesson, when. Also what its cells say.

Names are read as nbgrader's collectors read them, by regular expressions with named groups.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.submissions.find import ATTEMPTS
from autograder.submissions.timestamps import parse_time, timestamp_text

# "Full Name_12345_assignsubmission_file_/x.ipynb", or flat, "Full Name_12345_assignsubmission_file_x.ipynb"
MOODLE = r"(?:.*/)?(?P<name>[^/]+?)_(?P<number>\d+)_assignsubmission_(?:file|onlinetext)_?/?(?P<file>.*)"
# "kimhana_LATE_123_456_file-1.ipynb": name, perhaps LATE, the user's number, the file's number
CANVAS = r"(?:.*/)?(?P<name>[^/_]+)_(?:LATE_)?(?P<number>\d+)_\d+_(?P<file>[^/]*)"
CANVAS_LATE = r"(?:.*/)?[^/_]+_LATE_\d+_\d+_"
_AGAIN = re.compile(r"(?:[-_ ]\d+| ?\(\d+\))$")  # what Canvas and browsers add to a name that is taken
_SEPARATORS = re.compile(r"[\s_\-.,+()\[\]]+")


@dataclass(frozen=True)
class Reading:
    """What a name says.

    Attributes:
        name: the student's, as it stands there.
        number: the LMS's, or "".
        student: what the student's folder is called where no roster says otherwise.
        other: what might be the student's name where `name` is not.
        time: when it was handed in, where the name says so.
    """

    name: str
    number: str = ""
    student: str = ""
    other: str = ""
    time: datetime | None = None


Names = Callable[[str], Reading | None]


@cache
def reader(pattern: str) -> Names:
    """What reads names: by nbgrader's groups in a pattern of one's own, else by the forms that are known.

    Raises:
        GradingError: the pattern is no regular expression, or lacks the group student_id.
    """
    if not pattern:
        return _known_forms
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise GradingError(f"--pattern {pattern}: no regular expression ({error})") from error
    if "student_id" not in compiled.groupindex:
        raise GradingError(f"--pattern {pattern}: lacks the group (?P<student_id>...)")

    def own(path: str) -> Reading | None:
        found = compiled.match(path)
        if found is None or not found["student_id"]:
            return None
        groups = found.groupdict()
        name = " ".join(part for part in (groups.get("first_name"), groups.get("last_name")) if part)
        time = parse_time(groups.get("timestamp") or "")
        return Reading(name or found["student_id"], "", _plain(found["student_id"]), "", time)

    return own


def _known_forms(path: str) -> Reading | None:
    if found := re.fullmatch(MOODLE, path):
        name = _plain(found["name"])
        return Reading(name, found["number"], name)
    if found := re.fullmatch(CANVAS, path):
        return Reading(found["name"], found["number"], f"{found['name']}_{found['number']}")
    *folders, file = path.split("/")
    named = [part for part in folders if not (_is_lesson(part) or parse_time(part) or part == ATTEMPTS)]
    names = [_plain(name) for name in (*named[-1:], _without_lesson(file.rsplit(".", 1)[0]))]
    first, *others = [name for name in names if name] or [""]
    return Reading(first, "", first, "".join(others)) if first else None


def _is_lesson(name: str) -> bool:
    return name in [lesson.slug for lesson in all_lessons()]


def _without_lesson(stem: str) -> str:
    """A file's name without the lesson's: the student's."""
    stem = _AGAIN.sub("", stem) or stem
    for lesson in all_lessons():
        words = [re.escape(word) for word in lesson.slug.split("_")]
        stem = re.sub(r"[\s_\-.]*".join(words), " ", stem, flags=re.I)
    return _SEPARATORS.sub(" ", stem).strip()


def _plain(name: str) -> str:
    return unicodedata.normalize("NFC", name).strip()


def lesson_in_name(path: str) -> str:
    """The lesson that a file's name, or else a folder's above it, holds; "" where none or several are named."""
    slugs = [lesson.slug for lesson in all_lessons()]
    for part in reversed(path.split("/")):
        words = f"_{_SEPARATORS.sub('_', part.lower())}_"
        found = [slug for slug in slugs if f"_{slug}_" in words]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def lesson_of_cells(content: bytes) -> str:
    """The lesson whose exercises a notebook holds, by the ids of its cells; "" where that cannot be told."""
    try:
        cells = json.loads(content)["cells"]
        names = (name for cell in cells for name in set(_names(cell)))
        found = Counter(slug for name in names if (slug := _lesson_of_exercise().get(name)))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return ""
    first, second = (*found.most_common(2), ("", 0), ("", 0))[:2]
    return first[0] if first[1] > second[1] else ""


def _names(cell: dict) -> list[str]:
    marks = cell.get("metadata", {}).get("nbgrader", {})
    return [str(name).removeprefix("check-") for name in (cell.get("id"), marks.get("grade_id")) if name]


@cache
def _lesson_of_exercise() -> dict[str, str]:
    from autograder.course.source import read_lesson

    sources = [read_lesson(lesson.source) for lesson in all_lessons()]
    return {name: source.slug for source in sources for name in (*source.exercises, *source.written)}


def nbgrader_groups(path: str) -> dict[str, str] | None:
    """What a name says, as nbgrader's collectors hand it on; None where it does not say whose it is."""
    is_lms = re.fullmatch(MOODLE, path) or re.fullmatch(CANVAS, path)
    reading = _known_forms(path if is_lms else path.rsplit("/", 1)[-1])  # folders above are nbgrader's own
    lesson = lesson_in_name(path)
    if reading is None or not lesson:
        return None
    time = {"timestamp": timestamp_text(reading.time)} if reading.time else {}
    return {"student_id": reading.student, "file_id": lesson, **time}
