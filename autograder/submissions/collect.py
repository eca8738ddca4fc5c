"""From what an LMS hands over to the layout that `grade` reads. Every file is accounted for; nothing is overwritten.

Names are read as nbgrader's `zip_collect` reads them, and with `LmsCollector` of `autograder.nbgrader_plugins` that
command reads Moodle's and Canvas's as they are. It takes one lesson at a time, though, unpacks archives onto the disk,
passes over what it cannot match with a line in its log, and gives up where a student has two files or a folder already.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby, takewhile
from pathlib import Path

from autograder.course.lessons import find_lesson
from autograder.errors import GradingError
from autograder.submissions.archives import Found, files_in
from autograder.submissions.attempt_folders import ATTEMPTS
from autograder.submissions.filename_patterns import Names, lesson_in_name, lesson_of_cells, reader
from autograder.submissions.find import student_folder
from autograder.submissions.guessed_names import plain
from autograder.submissions.lms_forms import HIDDEN, Reading, root_of, sakai_time
from autograder.submissions.receipts import COLLECTED, LOG, THERE_ALREADY, add_receipts
from autograder.submissions.roster import Roster
from autograder.submissions.timestamps import TIMESTAMP, folder_name, timestamp_text
from autograder.submissions.worksheet import Worksheet

LOST, LEFT_OUT = "not attributed", "left out"
FEW = 4  # files of one reason that are listed a line each


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
class _Desk:
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


def collect(
    source: Path,
    submissions: Path,
    roster: Roster | None = None,
    lesson: str = "",
    handed_in: datetime | None = None,
    pattern: str = "",
    worksheet: Worksheet | None = None,
) -> list[Handed]:
    """Put every notebook of `source` where `grade` finds it, and write what became of each file to collected.csv.

    Args:
        source: a zip of an LMS, or a folder.
        submissions: the folder to add to; made if need be.
        roster: the class; a name that is not in it is not attributed.
        lesson: of all files; "" to tell it by each file's name and cells.
        handed_in: when, for files whose names do not say.
        pattern: a regular expression with nbgrader's groups, in place of the known forms of names.
        worksheet: when each student handed in, and who is who where names are hidden.

    Raises:
        GradingError: `source` cannot be read, `submissions` cannot be written, or an argument makes no sense.
    """
    lesson = find_lesson(lesson).slug if lesson else ""
    found = list(files_in(source))
    stamps = [one for one in found if one.problem and one.content is not None]
    names = reader(pattern, _above_all(found), root_of(source.stem if source.is_file() else source.name))
    desk = _Desk(names, roster, lesson, handed_in, worksheet or Worksheet(()), stamps)
    read = [_attributed(one, desk) for one in found]
    done = _placed_all(_without_doubles(_without_namesakes(read)), submissions)
    try:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        receipt = {"collected": now, "source": source.name}
        add_receipts(submissions, [{**receipt, **vars(one), "handed_in": one.time} for one in done])
    except OSError as error:
        raise GradingError(f"{submissions}: cannot be written ({error.strerror})") from error
    return done


def _above_all(found: Sequence[Found]) -> frozenset[str]:
    """The folders that hold all that was handed over, where that is more than one notebook: no one student's."""
    paths = [one.name.split("/")[:-1] for one in found if not one.problem]
    shared = takewhile(lambda parts: len(set(parts)) == 1, zip(*paths, strict=False))
    return frozenset(parts[0] for parts in shared) if len(paths) > 1 else frozenset()


def _attributed(found: Found, desk: _Desk) -> Handed:
    """Whose it is, and of which lesson, where that is not given."""
    one = Handed(found.name, found.content)
    if found.problem:
        return replace(one, outcome=found.outcome, reason=found.problem)
    lesson, doubt = (desk.lesson, "") if desk.lesson else _lesson(found)
    reading = desk.names(found.name)
    if reading is None:
        return _lost(one, f"nothing in its name says whose it is{'; ' + doubt if doubt else ''}")
    reading = desk.worksheet.reveal(reading)
    one = replace(one, lesson=lesson, number=reading.number, version=reading.version, late=reading.late)
    if reading.refusal:
        return replace(_lost(one, reading.refusal), outcome=LEFT_OUT if reading.draft else LOST)
    student, unknown = desk.roster.student(reading) if desk.roster else (reading.student, reading.doubt)
    one = replace(one, student=student, time=_time(reading, student, lesson, desk))
    problem = unknown or doubt or _unfit(student)
    return _lost(one, problem) if problem else one


def _time(reading: Reading, student: str, lesson: str, desk: _Desk) -> datetime | None:
    """When it was handed in, by the LMS, else as the instructor says."""
    beside = (sakai_time(reading.folder, stamp.name, stamp.content or b"") for stamp in desk.stamps)
    by_lms = reading.time or next((time for time in beside if reading.folder and time), None)
    names = [student, *(desk.roster.names_of(student) if desk.roster else ())]
    return by_lms or desk.worksheet.time(reading, names, lesson) or desk.handed_in


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
    return replace(one, outcome=LOST, reason=reason)


def _unfit(student: str) -> str:
    """Why a student's name can be no folder's, or ""."""
    wrong = student.startswith((".", "-")) or student == LOG or any(sign in student for sign in '/\\\0:*?"<>|')
    if not student or wrong:
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
    if len({one.student for one in read if not one.outcome}) == 1:
        told = f"{told}; or {HIDDEN}"
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
    """One notebook of several: of the highest version, and one that is called a notebook before one that is not."""
    best = max(_rank(one) for one in group)
    out = [replace(one, outcome=LEFT_OUT, reason=_outranked(one, best)) for one in group if _rank(one) < best]
    first, *others = [one for one in group if _rank(one) == best]
    if all(one.content == first.content for one in others):
        told = f"the same as {first.file}"
        return [first, *(replace(one, outcome=LEFT_OUT, reason=told) for one in others), *out]
    names = ", ".join(one.file.rsplit("/", 1)[-1] for one in (first, *others))
    told = f"different notebooks of one student for {first.lesson} ({names}): keep one"
    return [_lost(one, told) for one in (first, *others)] + out


def _rank(one: Handed) -> tuple[int, bool]:
    return one.version, one.file.lower().endswith(".ipynb")


def _outranked(one: Handed, best: tuple[int, bool]) -> str:
    return "an earlier version" if one.version < best[0] else "beside a notebook with its proper ending"


def _placed_all(read: Iterable[Handed], submissions: Path) -> list[Handed]:
    try:
        return [one if one.outcome else _placed(one, submissions) for one in read]
    except OSError as error:
        raise GradingError(f"{submissions}: cannot be written ({error.strerror})") from error


def _placed(one: Handed, submissions: Path) -> Handed:
    """Write it to its place, or to that of a further attempt where another notebook is there."""
    owner = student_folder(submissions, one.student)
    folder, name = owner / one.lesson, f"{one.lesson}.ipynb"
    if owner.is_symlink() or folder.is_symlink():
        return _lost(one, f"{folder} is a symbolic link, and those are not followed")
    there = [path for path in (folder / name, *folder.glob(f"{ATTEMPTS}/*/{name}")) if path.is_file()]
    same = [path for path in there if _hash(path.read_bytes()) == _hash(one.content or b"")]
    if same:
        return _at(one, same[0], submissions, THERE_ALREADY)
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
    return _at(one, target / name, submissions, COLLECTED)


def _at(one: Handed, path: Path, submissions: Path, outcome: str) -> Handed:
    place = plain(path.relative_to(submissions).as_posix())
    return replace(one, outcome=outcome, reason=place, place=place)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def collect_command(
    source: Path,
    submissions: Path,
    roster: Path | None,
    lesson: str,
    handed_in: str,
    pattern: str,
    worksheet: Path | None = None,
) -> int:
    """`autograder collect`.

    Returns:
        The exit code: 0 every notebook was put in its place, 1 some files were not attributed, and are listed.

    Raises:
        GradingError: nothing could be done.
    """
    from autograder.submissions.roster import read_roster
    from autograder.submissions.worksheet import read_worksheet

    when, students = _when(handed_in) if handed_in else None, read_roster(roster) if roster else None
    times = read_worksheet(worksheet) if worksheet else None
    done = collect(source, submissions, students, lesson, when, pattern, times)
    lost = [one for one in done if one.outcome == LOST]
    _tell_lost(lost)
    left = [one for one in done if one.outcome == LEFT_OUT]
    for reason, count in sorted(Counter(one.reason for one in left).items()):
        print(f"left out        {count} of: {reason}")
    _tell_late([one for one in done if one.outcome == COLLECTED and one.late and one.time is None], submissions)
    counts = Counter(one.outcome for one in done)
    count = len({one.student for one in done if one.outcome == COLLECTED})
    print(f"{counts[COLLECTED]} notebooks of {count} students collected in {submissions}, ", end="")
    print(f"{counts[THERE_ALREADY]} were there already, {len(left)} left out, {len(lost)} not attributed.")
    print(f"What became of each file: {submissions / LOG}")
    return 1 if lost else 0


def _tell_lost(lost: Sequence[Handed]) -> None:
    """Each file with its reason; a reason that many share once, with their names below."""
    for reason, group in groupby(sorted(lost, key=lambda one: one.reason), key=lambda one: one.reason):
        files = [one.file for one in group]
        if len(files) < FEW:
            print(*(f"not attributed  {name}: {reason}" for name in files), sep="\n")
        else:
            print(f"not attributed  {len(files)} files: {reason}")
            print(*(f"  {name}" for name in files), sep="\n")


def _tell_late(late: Sequence[Handed], submissions: Path) -> None:
    """Which files the LMS marks as late, where nothing says by how much."""
    if late:
        print(f"marked late by the LMS, which does not say by how much: {len(late)}")
        print(f"  Write when into {submissions / LOG}, column handed_in; until then they count as on time:")
        print(*(f"  {one.file}" for one in late), sep="\n")


def _when(text: str) -> datetime:
    from autograder.course.settings import time_zone
    from autograder.submissions.timestamps import parse_time

    if (found := parse_time(text, time_zone())) is None:
        raise GradingError(f"--handed-in {text}: expected a time such as 2026-03-09T23:59+0900")
    return found
