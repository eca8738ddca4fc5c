"""From what an LMS hands over to the layout that `grade` reads. Every file is accounted for; nothing is overwritten.

Names are read as nbgrader's `zip_collect` reads them, and with `LmsCollector` of `autograder.nbgrader_plugins` that
command reads Moodle's and Canvas's as they are. It takes one lesson at a time, though, unpacks archives onto the disk,
passes over what it cannot match with a line in its log, and gives up where a student has two files or a folder already.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from autograder.course.lessons import find_lesson
from autograder.csv_tables import append_table
from autograder.errors import GradingError
from autograder.submissions.archives import Found, files_in
from autograder.submissions.filename_patterns import CANVAS_LATE, Names, lesson_in_name, lesson_of_cells, reader
from autograder.submissions.find import ATTEMPTS
from autograder.submissions.roster import Roster
from autograder.submissions.timestamps import TIMESTAMP, folder_name, timestamp_text

LOG = "collected.csv"
COLUMNS = ("collected", "source", "file", "student", "lesson", "outcome", "reason")


@dataclass(frozen=True)
class Handed:
    """A file that was handed over, and what becomes of it.

    Attributes:
        file: its path in the archive or folder.
        content: its bytes; None where it was not read.
        student, lesson: whose it is, as far as that could be told.
        time: when it was handed in, where that is known.
        number: the LMS's number of the student, or "".
        outcome: "collected", "there already", "left out" or "not attributed".
        reason: why, or where it was put.
    """

    file: str
    content: bytes | None = None
    student: str = ""
    lesson: str = ""
    time: datetime | None = None
    number: str = ""
    outcome: str = ""
    reason: str = ""


def collect(
    source: Path,
    submissions: Path,
    roster: Roster | None = None,
    lesson: str = "",
    handed_in: datetime | None = None,
    pattern: str = "",
) -> list[Handed]:
    """Put every notebook of `source` where `grade` finds it, and write what became of each file to collected.csv.

    Args:
        source: a zip of Moodle's or Canvas's, or a folder.
        submissions: the folder to add to; made if need be.
        roster: the class; a name that is not in it is not attributed.
        lesson: of all files; "" to tell it by each file's name and cells.
        handed_in: when, for files whose names do not say.
        pattern: a regular expression with nbgrader's groups, in place of the known forms of names.

    Raises:
        GradingError: `source` cannot be read, `submissions` cannot be written, or an argument makes no sense.
    """
    lesson, names = find_lesson(lesson).slug if lesson else "", reader(pattern)
    read = [_attributed(found, names, roster, lesson, handed_in) for found in files_in(source)]
    done = _placed_all(_without_doubles(_without_namesakes(read)), submissions)
    try:
        submissions.mkdir(parents=True, exist_ok=True)
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        rows = [{"collected": now, "source": source.name, **vars(one)} for one in done]
        append_table(submissions / LOG, COLUMNS, rows)
    except OSError as error:
        raise GradingError(f"{submissions}: cannot be written ({error.strerror})") from error
    return done


def _attributed(found: Found, names: Names, roster: Roster | None, lesson: str, handed_in: datetime | None) -> Handed:
    """Whose it is, and of which lesson, where that is not given."""
    one = Handed(found.name, found.content)
    if found.problem:
        return replace(one, outcome=found.outcome, reason=found.problem)
    lesson, doubt = (lesson, "") if lesson else _lesson(found)
    reading = names(found.name)
    if reading is None:
        return _lost(one, f"nothing in its name says whose it is{'; ' + doubt if doubt else ''}")
    student, unknown = roster.student(reading) if roster else (reading.student, "")
    one = replace(one, student=student, lesson=lesson, time=reading.time or handed_in, number=reading.number)
    if unknown or doubt:
        return _lost(one, unknown or doubt)
    problem = _unfit(student)
    return _lost(one, problem) if problem else one


def _lesson(found: Found) -> tuple[str, str]:
    """The lesson by its name, unless its cells say another; else "" and why."""
    named, held = lesson_in_name(found.name), lesson_of_cells(found.content or b"")
    if named and held and named != held:
        return "", f"is named as {named} and holds the exercises of {held}: rename it, or give --lesson"
    return (
        named or held,
        "" if named or held else "neither its name nor its cells tell a lesson; rename it, or give --lesson",
    )


def _lost(one: Handed, reason: str) -> Handed:
    return replace(one, outcome="not attributed", reason=reason)


def _unfit(student: str) -> str:
    """Why a student's name can be no folder's, or ""."""
    if not student or student.startswith((".", "-")) or any(sign in student for sign in '/\\\0:*?"<>|'):
        return f"{student!r} can be no folder's name; give a roster with an id for this student"
    return "" if len(student.encode()) <= 120 else "the student's name is too long for a folder; give a roster with ids"


def _without_namesakes(read: list[Handed]) -> list[Handed]:
    """Two students of one name, told apart by the LMS's numbers, are not thrown together."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for one in read:
        if not one.outcome and one.number:
            numbers.setdefault((one.student, one.lesson), set()).add(one.number)
    shared = {place for place, found in numbers.items() if len(found) > 1}
    told = "several students are called so, by the numbers in the names; rename their folders, each to an id of its own"
    return [_lost(one, told) if not one.outcome and (one.student, one.lesson) in shared else one for one in read]


def _without_doubles(read: list[Handed]) -> list[Handed]:
    """Of several notebooks of one student for one lesson and time: one where all are the same, else none."""
    kept = [one for one in read if one.outcome]
    rest = sorted((one for one in read if not one.outcome), key=_place)
    for _, group in groupby(rest, key=_place):
        kept += _one_of(list(group))
    return sorted(kept, key=lambda one: one.file)


def _place(one: Handed) -> tuple[str, str, str]:
    return one.student, one.lesson, one.time.isoformat() if one.time else ""


def _one_of(group: list[Handed]) -> list[Handed]:
    first, *others = group
    if all(one.content == first.content for one in others):
        told = f"the same as {first.file}"
        return [first, *(replace(one, outcome="left out", reason=told) for one in others)]
    names = ", ".join(one.file.rsplit("/", 1)[-1] for one in group)
    return [_lost(one, f"different notebooks of one student for {one.lesson} ({names}): keep one") for one in group]


def _placed_all(read: Iterable[Handed], submissions: Path) -> list[Handed]:
    try:
        return [one if one.outcome else _placed(one, submissions) for one in read]
    except OSError as error:
        raise GradingError(f"{submissions}: cannot be written ({error.strerror})") from error


def _placed(one: Handed, submissions: Path) -> Handed:
    """Write it to its place, or to that of a further attempt where another notebook is there."""
    folder, name = submissions / one.student / one.lesson, f"{one.lesson}.ipynb"
    if submissions.joinpath(one.student).is_symlink() or folder.is_symlink():
        return _lost(one, f"{folder} is a symbolic link, and those are not followed")
    there = [path for path in (folder / name, *folder.glob(f"{ATTEMPTS}/*/{name}")) if path.is_file()]
    same = [path for path in there if _hash(path.read_bytes()) == _hash(one.content or b"")]
    if same:
        return replace(one, outcome="there already", reason=str(same[0].relative_to(submissions)))
    if there and one.time is None:
        remedy = "say when with --handed-in, and it is kept as a further attempt"
        return _lost(one, f"another notebook of this student is there; {remedy}")
    target = folder / ATTEMPTS / folder_name(one.time) if there and one.time else folder
    if (target / name).exists():
        return _lost(one, f"{target.relative_to(submissions)} holds another notebook of the same time")
    target.mkdir(parents=True, exist_ok=True)
    with (target / name).open("xb") as file:
        file.write(one.content or b"")
    if one.time is not None:
        (target / TIMESTAMP).write_text(timestamp_text(one.time) + "\n", encoding="utf-8")
    return replace(one, outcome="collected", reason=str((target / name).relative_to(submissions)))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def collect_command(
    source: Path, submissions: Path, roster: Path | None, lesson: str, handed_in: str, pattern: str
) -> int:
    """`autograder collect`.

    Returns:
        The exit code: 0 every notebook was put in its place, 1 some files were not attributed, and are listed.

    Raises:
        GradingError: nothing could be done.
    """
    from autograder.submissions.roster import read_roster

    when = _when(handed_in) if handed_in else None
    done = collect(source, submissions, read_roster(roster) if roster else None, lesson, when, pattern)
    lost = [one for one in done if one.outcome == "not attributed"]
    for one in lost:
        print(f"not attributed  {one.file}: {one.reason}")
    left = [one for one in done if one.outcome == "left out"]
    for reason, count in sorted(Counter(one.reason for one in left).items()):
        print(f"left out        {count} of: {reason}")
    if late := [one.file for one in done if one.outcome == "collected" and re.match(CANVAS_LATE, one.file)]:
        print(f"marked LATE by Canvas, which does not say by how much: {len(late)}")
        print("  Write the time beside each notebook, in timestamp.txt; until then it counts as on time:")
        print(*(f"  {name}" for name in late), sep="\n")
    counts = Counter(one.outcome for one in done)
    students = len({one.student for one in done if one.outcome == "collected"})
    print(f"{counts['collected']} notebooks of {students} students collected in {submissions}, ", end="")
    print(f"{counts['there already']} were there already, {len(left)} left out, {len(lost)} not attributed.")
    print(f"What became of each file: {submissions / LOG}")
    return 1 if lost else 0


def _when(text: str) -> datetime:
    from autograder.course.settings import time_zone
    from autograder.submissions.timestamps import parse_time

    if (found := parse_time(text, time_zone())) is None:
        raise GradingError(f"--handed-in {text}: expected a time such as 2026-03-09T23:59+0900")
    return found
