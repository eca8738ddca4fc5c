"""`autograder report`: reads a folder of grades, writes the page, prints the table."""

import unicodedata
from collections.abc import Sequence
from pathlib import Path

from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.reports.class_report.page import render
from autograder.reports.class_report.records import Answer, read_answers
from autograder.reports.class_report.report import report_of
from autograder.reports.class_report.terminal import show
from autograder.submissions.roster import read_roster

FILE = "report.html"


def report_command(root: Path, anonymous: bool, to: Path | None, roster: Path | None = None) -> int:
    """`autograder report`.

    Raises:
        GradingError: `root` holds no grades, the class list cannot be read, or the page cannot be written.
    """
    answers = read_answers(root)
    report = report_of(_of_class(answers, roster, anonymous) if roster else answers, anonymous)
    path = to or root / FILE
    _write(path, render(report))
    show(report)
    print(f"Page: {path}")
    return 0


def _of_class(answers: Sequence[Answer], roster: Path, anonymous: bool) -> list[Answer]:
    """The answers of those who are on the class list; says who is left out.

    Raises:
        GradingError: the list cannot be read, or nobody is left.
    """
    members = {unicodedata.normalize("NFC", student.id) for student in read_roster(roster).students}
    kept = [answer for answer in answers if unicodedata.normalize("NFC", answer.student) in members]
    left = sorted({answer.student for answer in answers} - {answer.student for answer in kept})
    if not kept:
        raise GradingError(f"{roster}: nobody with grades is on it; an id is the name of a folder, such as {left[0]}")
    if left:
        print(f"Not in {roster}, so left out: {len(left) if anonymous else ', '.join(left)}")
    return kept


def _write(path: Path, text: str) -> None:
    remedy = "give another file with --to"
    if not path.parent.is_dir():
        raise GradingError(f"{path}: cannot be written (there is no such folder); {remedy}")
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise GradingError(f"{path}: cannot be written ({error.strerror}); {remedy}") from error
