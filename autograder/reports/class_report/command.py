"""`autograder report`: reads a folder of grades, writes the page, prints the table."""

import os
from pathlib import Path

from autograder.errors import GradingError
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
    """Write it beside its place first, so that a reader never sees half of it."""
    new = path.with_name(f".{path.name}.new")
    try:
        new.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(new, path)
    except OSError as error:
        raise GradingError(f"{path}: cannot be written ({error.strerror}); give another file with --to") from error
