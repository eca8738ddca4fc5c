"""What nbgrader's exchange hands over: a folder for each submission, which stays its student's.

The student's own process names the folder, writes timestamp.txt into it and may change it until it is collected. When
the file system says that it was last changed cannot be set by its owner, unlike all of that.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from autograder.submissions.receipts import COLLECTED, EXCHANGE, add_receipts
from autograder.submissions.timestamps import TIMESTAMP, read_timestamp, timestamp_text

OF_STUDENT = "timestamp_of_student.txt"
COPYING = timedelta(minutes=5)  # from the time in a name until all is copied, and what clocks may differ


def last_changed(folder: Path) -> datetime:
    """When a folder, or a notebook in it, was last changed, by the file system's clock.

    Raises:
        OSError: it cannot be looked at.
    """
    stats = [path.lstat() for path in (folder, *folder.rglob("*.ipynb"))]
    return datetime.fromtimestamp(max(max(one.st_ctime, one.st_mtime) for one in stats), UTC)


def links_in(folder: Path) -> Iterator[str]:
    """The names of symbolic links: whoever copies what they lead to reads it with rights of their own."""
    return (path.name for path in folder.rglob("*") if path.is_symlink())


def enter(inbound: str, folder: Path, named: datetime, changed: datetime | None) -> str:
    """Write the receipt of a submission that was copied to SUBMISSIONS/<student>/<lesson>; a line if it was changed.

    Args:
        inbound: the name of its folder in the exchange.
        folder: the copy.
        named: the time in that name.
        changed: when it was last changed; None to trust the name.

    Raises:
        OSError: SUBMISSIONS cannot be written.
        GradingError: its receipts cannot be read.
    """
    is_later = changed is not None and changed - named > COPYING
    handed_in = changed if changed is not None and is_later else named
    told = f"changed at {timestamp_text(handed_in)}, after the time in its name" if is_later else ""
    student, lesson = folder.parent.name, folder.name
    row = {"student": student, "lesson": lesson, "outcome": COLLECTED, "reason": told, "handed_in": handed_in}
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    place = {"collected": now, "source": EXCHANGE, "file": inbound, "place": f"{student}/{lesson}/{lesson}.ipynb"}
    add_receipts(folder.parents[1], [{**place, **row}])
    _keep_own_time(folder, handed_in)
    return f"{inbound} was {told}" if told else ""


def _keep_own_time(folder: Path, handed_in: datetime) -> None:
    """Let nbgrader's commands find the time that counts; what the student's folder says otherwise is kept beside it."""
    path, own = folder / TIMESTAMP, read_timestamp(folder)
    if own is not None and abs(own - handed_in) < timedelta(minutes=1):
        return
    if path.exists() or path.is_symlink():
        path.replace(folder / OF_STUDENT)
    path.write_text(timestamp_text(handed_in), encoding="utf-8")
