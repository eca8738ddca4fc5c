"""What the name of a file that an LMS hands over says: whose it is, which lesson, when. Also what its cells say.

Names are read as nbgrader's collectors read them, by regular expressions with named groups.
"""

import json
import re
from collections import Counter
from collections.abc import Callable
from functools import cache

from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.submissions.attempt_folders import ATTEMPTS
from autograder.submissions.guessed_names import SEPARATORS, candidates, plain
from autograder.submissions.lms_forms import Reading, formed
from autograder.submissions.timestamps import parse_time, timestamp_text

Names = Callable[[str], Reading | None]


def reader(pattern: str, above: frozenset[str] = frozenset(), root: str = "") -> Names:
    """What reads names: by nbgrader's groups in a pattern of one's own, else by the forms that are known.

    Args:
        pattern: a regular expression, or "".
        above: folders that hold all that was handed over: no one student's.
        root: what belongs before each path for a known form, see `root_of`.

    Raises:
        GradingError: the pattern is no regular expression, or lacks the group student_id.
    """
    if not pattern:
        return lambda path: formed(f"{root}{path}") or _guessed(path, above)
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
        return Reading((name or found["student_id"],), student=plain(found["student_id"]), time=time)

    return own


def _guessed(path: str, above: frozenset[str]) -> Reading | None:
    """Who a name without a known form may be about."""
    if own := _own_layout().fullmatch(path):
        return Reading((plain(own["name"]),), student=plain(own["name"]))
    beside = candidates(path, above)
    found = beside or candidates(path)
    if not found:
        return None
    first, *rest = found
    told = " or ".join(repr(one.name) for one in found)
    remedy = "a class list can say; give it with --roster, or a --pattern"
    doubt = f"whether {told} is a student's name only {remedy}" if rest or not (beside and first.sure) else ""
    return Reading(first.names, student=first.name, others=tuple(one.name for one in rest), doubt=doubt)


@cache
def _own_layout() -> re.Pattern[str]:
    """The layout that `grade` reads."""
    slugs = "|".join(lesson.slug for lesson in all_lessons())
    return re.compile(rf"(?:.*/)?(?P<name>[^./][^/]*)/(?P<lesson>{slugs})/(?:{ATTEMPTS}/[^/]+/)?(?P=lesson)\.ipynb")


def lesson_in_name(path: str) -> str:
    """The lesson that a file's name, or else a folder's above it, holds; "" where none or several are named."""
    slugs = [lesson.slug for lesson in all_lessons()]
    for part in reversed(path.split("/")):
        words = f"_{SEPARATORS.sub('_', part.lower())}_"
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
    ours = path.split("/extracted/", 1)[-1]  # folders above are nbgrader's own
    reading = formed(ours) or _guessed(ours.rsplit("/", 1)[-1], frozenset())
    lesson = lesson_in_name(path)
    if reading is None or reading.refusal or reading.doubt or not lesson:
        return None
    time = {"timestamp": timestamp_text(reading.time)} if reading.time else {}
    return {"student_id": reading.student, "file_id": lesson, **time}
