"""`autograder report`: reads a folder of grades, writes the page, prints the table."""

from pathlib import Path

from autograder.errors import GradingError
from autograder.files import write_whole
from autograder.reports.class_report.page import render
from autograder.reports.class_report.records import read_answers
from autograder.reports.class_report.report import report_of
from autograder.reports.class_report.terminal import show

FILE = "report.html"


def report_command(root: Path, anonymous: bool, to: Path | None) -> int:
    """`autograder report`.

    Raises:
        GradingError: `root` holds no grades, or the page cannot be written.
    """
    report = report_of(read_answers(root), anonymous)
    path = to or root / FILE
    _write(path, render(report))
    show(report)
    print(f"Page: {path}")
    return 0


def _write(path: Path, text: str) -> None:
    remedy = "give another file with --to"
    if not path.parent.is_dir():
        raise GradingError(f"{path}: cannot be written (there is no such folder); {remedy}")
    try:
        write_whole(path, text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise GradingError(f"{path}: cannot be written ({error.strerror}); {remedy}") from error
