"""`autograder receipts`: times in folders that were made by hand become receipts, once a person has looked at them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.submissions.attempt_folders import ATTEMPTS, entries
from autograder.submissions.find import LAYOUT
from autograder.submissions.guessed_names import plain
from autograder.submissions.receipts import COLLECTED, LOG, add_receipts, read_receipts
from autograder.submissions.timestamps import TIMESTAMP, parse_time, read_timestamp, timestamp_text

SOURCE = "autograder receipts"


@dataclass(frozen=True)
class Claim:
    """A time that no receipt has.

    Attributes:
        student, lesson: whose.
        place: the notebook's path below SUBMISSIONS.
        time: which.
        said_by: the name of the file or folder that says so.
    """

    student: str
    lesson: str
    place: str
    time: datetime
    said_by: str


def claims(submissions: Path, students: Collection[str] = ()) -> list[Claim]:
    """Times that the students' folders have and the receipts have not.

    Raises:
        OSError: `submissions` cannot be listed.
        GradingError: the receipts cannot be read.
    """
    receipts, found = read_receipts(submissions), []
    for student in entries(submissions):
        name = plain(student.name)
        if not student.is_symlink() and student.is_dir() and (not students or name in students):
            for lesson in (one.slug for one in all_lessons()):
                found += [one for one in _claims(student, lesson) if receipts.get(str(Path(one.place).parent)) is None]
    return found


def _claims(student: Path, lesson: str) -> Iterator[Claim]:
    folder = student / lesson
    again = folder / ATTEMPTS
    attempts = entries(again) if again.is_dir() and not again.is_symlink() else []
    for one in (folder, *attempts):
        notebook = one / f"{lesson}.ipynb"
        if one.is_symlink() or folder.is_symlink() or not any(one.glob("*.ipynb")):
            continue
        said, named = read_timestamp(one), parse_time(one.name) if one in attempts else None
        if time := said or named:
            place = plain(notebook.relative_to(student.parent).as_posix())
            yield Claim(plain(student.name), lesson, place, time, TIMESTAMP if said else one.name)


def receipts_command(submissions: Path, students: Collection[str], enter: bool) -> int:
    """`autograder receipts`.

    Returns:
        The exit code: 0.

    Raises:
        GradingError: the folder cannot be read or written.
    """
    try:
        found = claims(submissions, [plain(name) for name in students])
        for one in found:
            print(f"{one.place}: {timestamp_text(one.time)}, by {one.said_by}")
        if found and enter:
            _enter(submissions, found)
    except OSError as error:
        told = f"{error.strerror}; the layout is {LAYOUT}"
        raise GradingError(f"{submissions}: cannot be read or written ({told})") from error
    if not found:
        print("Every time that a folder has is in the receipts.")
    elif enter:
        print(f"{len(found)} times are in {submissions / LOG} now, and count.")
    else:
        print(f"{len(found)} times have no receipt. Students may have handed them in. If they are yours, add --enter.")
    return 0


def _enter(submissions: Path, found: Collection[Claim]) -> None:
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    shared = {"collected": now, "source": SOURCE, "outcome": COLLECTED}
    rows = [{**shared, **vars(one), "file": one.said_by, "handed_in": one.time} for one in found]
    add_receipts(submissions, rows)
