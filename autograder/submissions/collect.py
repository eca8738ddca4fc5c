"""From what an LMS hands over to the layout that `grade` reads. Every file is accounted for; nothing is overwritten.

Names are read as nbgrader's `zip_collect` reads them, and with `LmsCollector` of `autograder.nbgrader_plugins` that
command reads Moodle's and Canvas's as they are. It takes one lesson at a time, though, unpacks archives onto the disk,
passes over what it cannot match with a line in its log, and gives up where a student has two files or a folder already.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from autograder.course.lessons import find_lesson
from autograder.errors import GradingError
from autograder.submissions.archives import files_in
from autograder.submissions.attempt_folders import ATTEMPTS
from autograder.submissions.attribution import (
    LEFT_OUT,
    LOST,
    Handed,
    Known,
    attributed,
    folders_above_all,
    not_attributed,
    without_doubles,
    without_namesakes,
)
from autograder.submissions.filename_patterns import reader
from autograder.submissions.find import student_folder
from autograder.submissions.guessed_names import plain
from autograder.submissions.lms_forms import root_of
from autograder.submissions.receipts import COLLECTED, LOG, THERE_ALREADY, add_receipts
from autograder.submissions.roster import Roster
from autograder.submissions.timestamps import TIMESTAMP, folder_name, timestamp_text
from autograder.submissions.worksheet import Worksheet

FEW = 4  # files of one reason that are listed a line each


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
    names = reader(pattern, folders_above_all(found), root_of(source.stem if source.is_file() else source.name))
    known = Known(names, roster, lesson, handed_in, worksheet or Worksheet(()), stamps)
    read = [attributed(one, known) for one in found]
    done = _placed_all(without_doubles(without_namesakes(read)), submissions)
    try:
        now = datetime.now().astimezone().isoformat(timespec="seconds")
        receipt = {"collected": now, "source": source.name}
        add_receipts(submissions, [{**receipt, **vars(one), "handed_in": one.time} for one in done])
    except OSError as error:
        raise GradingError(f"{submissions}: cannot be written ({error.strerror})") from error
    return done


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
        return not_attributed(one, f"{folder} is a symbolic link, and those are not followed")
    there = [path for path in (folder / name, *folder.glob(f"{ATTEMPTS}/*/{name}")) if path.is_file()]
    same = [path for path in there if _hash(path.read_bytes()) == _hash(one.content or b"")]
    if same:
        return _at(one, same[0], submissions, THERE_ALREADY)
    if there and one.time is None:
        remedy = "say when with --handed-in, and it is kept as a further attempt"
        return not_attributed(one, f"another notebook of this student is there; {remedy}")
    target = folder / ATTEMPTS / folder_name(one.time) if there and one.time else folder
    if (target / name).exists():
        return not_attributed(one, f"{target.relative_to(submissions)} holds another notebook of the same time")
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
