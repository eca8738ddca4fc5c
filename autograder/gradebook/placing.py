"""Puts a submission into the folder as nbgrader expects it there."""

import shutil
from pathlib import Path

from autograder.files import write_whole
from autograder.notebooks.reading import as_file, read_notebook
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.find import Submission
from autograder.submissions.timestamps import SECRET, TIMESTAMP, read_short, timestamp_text

SUBMITTED = "submitted"


def place(submission: Submission, attempt: Attempt, root: Path, content: bytes | None = None) -> None:
    """Put an attempt's notebook into the output folder, with its receipt, and nothing else that lies beside it.

    Args:
        content: what `as_file` makes of the notebook, where that is known; else it is read again.

    Raises:
        UnreadableError: it is no notebook that can be graded.
    """
    content = content or as_file(read_notebook(attempt.notebook))
    folder = root / SUBMITTED / submission.student / submission.lesson
    remove(folder)
    write_whole(folder / f"{submission.lesson}.ipynb", content)
    write_receipt(attempt, folder)


def write_receipt(attempt: Attempt, folder: Path) -> None:
    """Its time, and the secret by which nbgrader's exchange gives feedback back; `folder` keeps no earlier ones.

    Beside a secret nbgrader wants a file of the time, if only an empty one.
    """
    secret = read_short(attempt.notebook.with_name(SECRET))
    time = timestamp_text(attempt.time) if attempt.time else "" if secret else None
    for name, text in {TIMESTAMP: time, SECRET: secret}.items():
        (folder / name).unlink(missing_ok=True)
        if text is not None:
            write_whole(folder / name, text.encode())


def remove(folder: Path) -> None:
    """Remove a folder, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)
