"""Says of each file that was handed over whose it is, and of which lesson, or why that cannot be told."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, takewhile

from autograder.submissions.archives import Found
from autograder.submissions.filename_patterns import Names, lesson_in_name, lesson_of_cells
from autograder.submissions.lms_forms import HIDDEN, Reading, sakai_time
from autograder.submissions.receipts import LOG
from autograder.submissions.roster import Roster
from autograder.submissions.worksheet import Worksheet

LOST, LEFT_OUT = "not attributed", "left out"


@dataclass(frozen=True)
class Handed:
    """A file that was handed over, and what becomes of it.

    Attributes:
        file: its path in the archive or folder.
        content: its bytes; None where it was not read.
        student, lesson: whose it is, as far as that could be told.
        time: when it was handed in, where that is known.
        number: the LMS's number of the student, or "".
        version: of several that were handed in, the highest counts.
        late: whether the LMS marks it as late.
        outcome: "collected", "there already", "left out" or "not attributed".
        reason: why, or where it was put.
        place: where it lies below SUBMISSIONS, or "".
    """

    file: str
    content: bytes | None = None
    student: str = ""
    lesson: str = ""
    time: datetime | None = None
    number: str = ""
    version: int = 0
    late: bool = False
    outcome: str = ""
    reason: str = ""
    place: str = ""


@dataclass(frozen=True)
class Known:
    """What is known of all files, and asked about each.

    Attributes:
        names: what reads their names.
        roster: the class.
        lesson: of all of them, or "".
        handed_in: when, for those of which nothing else says it.
        worksheet: when, and who, by the LMS.
        stamps: times that the LMS put beside a student's folder of files, by that folder.
    """

    names: Names
    roster: Roster | None = None
    lesson: str = ""
    handed_in: datetime | None = None
    worksheet: Worksheet = field(default_factory=lambda: Worksheet(()))
    stamps: Sequence[Found] = ()


def not_attributed(one: Handed, reason: str) -> Handed:
    """The file with the reason why nobody can be said to have handed it in."""
    return replace(one, outcome=LOST, reason=reason)


def folders_above_all(found: Sequence[Found]) -> frozenset[str]:
    """The folders that hold all that was handed over, where that is more than one notebook: no one student's."""
    paths = [one.name.split("/")[:-1] for one in found if not one.problem]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
    return frozenset(parts[0] for parts in shared) if len(paths) > 1 else frozenset()


def attributed(found: Found, known: Known) -> Handed:
    """Whose it is, and of which lesson, where that is not given."""
    one = Handed(found.name, found.content)
    if found.problem:
        return replace(one, outcome=found.outcome, reason=found.problem)
    lesson, doubt = (known.lesson, "") if known.lesson else _lesson(found)
    reading = known.names(found.name)
    if reading is None:
        return not_attributed(one, f"nothing in its name says whose it is{'; ' + doubt if doubt else ''}")
    reading = known.worksheet.reveal(reading)
    one = replace(one, lesson=lesson, number=reading.number, version=reading.version, late=reading.late)
    if reading.refusal:
        return replace(not_attributed(one, reading.refusal), outcome=LEFT_OUT if reading.draft else LOST)
    student, unknown = known.roster.student(reading) if known.roster else (reading.student, reading.doubt)
    one = replace(one, student=student, time=_time(reading, student, lesson, known))
    problem = unknown or doubt or _unfit(student)
    return not_attributed(one, problem) if problem else one


def _time(reading: Reading, student: str, lesson: str, known: Known) -> datetime | None:
    """When it was handed in, by the LMS, else as the instructor says."""
    beside = (sakai_time(reading.folder, stamp.name, stamp.content or b"") for stamp in known.stamps)
    by_lms = reading.time or next((time for time in beside if reading.folder and time), None)
    names = [student, *(known.roster.names_of(student) if known.roster else ())]
    return by_lms or known.worksheet.time(reading, names, lesson) or known.handed_in


def _lesson(found: Found) -> tuple[str, str]:
    """The lesson by its name, unless its cells say another; else "" and why."""
    named, held = lesson_in_name(found.name), lesson_of_cells(found.content or b"")
    if named and held and named != held:
        return "", f"is named as {named} and holds the exercises of {held}: rename it, or give --lesson"
    return (
        named or held,
        "" if named or held else "neither its name nor its cells tell a lesson; rename it, or give --lesson",
    )


def _unfit(student: str) -> str:
    """Why a student's name can be no folder's, or ""."""
    wrong = student.startswith((".", "-")) or student == LOG or any(sign in student for sign in '/\\\0:*?"<>|')
    if not student or wrong:
        return f"{student!r} can be no folder's name; give a roster with an id for this student"
    return "" if len(student.encode()) <= 120 else "the student's name is too long for a folder; give a roster with ids"


def without_namesakes(read: list[Handed]) -> list[Handed]:
    """Two students of one name, told apart by the LMS's numbers, are not thrown together."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for one in read:
        if not one.outcome and one.number:
            numbers.setdefault((one.student, one.lesson), set()).add(one.number)
    shared = {place for place, found in numbers.items() if len(found) > 1}
    told = "several students are called so, by the numbers in the names; rename their folders, each to an id of its own"
    if len({one.student for one in read if not one.outcome}) == 1:
        told = f"{told}; or {HIDDEN}"
    return [
        not_attributed(one, told) if not one.outcome and (one.student, one.lesson) in shared else one for one in read
    ]


def without_doubles(read: list[Handed]) -> list[Handed]:
    """Of several notebooks of one student for one lesson and time: one where all are the same, else none."""
    kept = [one for one in read if one.outcome]
    rest = sorted((one for one in read if not one.outcome), key=_place)
    for _, group in groupby(rest, key=_place):
        kept += _one_of(list(group))
    return sorted(kept, key=lambda one: one.file)


def _place(one: Handed) -> tuple[str, str, str]:
    return one.student, one.lesson, one.time.isoformat() if one.time else ""


def _one_of(group: list[Handed]) -> list[Handed]:
    """One notebook of several: of the highest version, and one that is called a notebook before one that is not."""
    best = max(_rank(one) for one in group)
    out = [replace(one, outcome=LEFT_OUT, reason=_outranked(one, best)) for one in group if _rank(one) < best]
    first, *others = [one for one in group if _rank(one) == best]
    if all(one.content == first.content for one in others):
        told = f"the same as {first.file}"
        return [first, *(replace(one, outcome=LEFT_OUT, reason=told) for one in others), *out]
    names = ", ".join(one.file.rsplit("/", 1)[-1] for one in (first, *others))
    told = f"different notebooks of one student for {first.lesson} ({names}): keep one"
    return [not_attributed(one, told) for one in (first, *others)] + out


def _rank(one: Handed) -> tuple[int, bool]:
    return one.version, one.file.lower().endswith(".ipynb")


def _outranked(one: Handed, best: tuple[int, bool]) -> str:
    return "an earlier version" if one.version < best[0] else "beside a notebook with its proper ending"
