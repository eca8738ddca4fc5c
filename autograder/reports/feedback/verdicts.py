"""The verdict on an exercise, as words for a learner."""

import re
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.gradebook.executed_checks import find_cell, judge, told
from autograder.notebooks.verdict_metadata import verdict_noted
from autograder.status import Status

# Status → symbol and words. "ungraded" is a written answer that nobody has read yet.
WORDS = {
    Status.PASSED: ("✓", "Passed"),
    Status.FAILED: ("✗", "Not right yet"),
    Status.ERROR: ("✗", "Stopped with an error"),
    Status.TIMEOUT: ("✗", "Took too long"),
    Status.CRASHED: ("✗", "Ended its process"),
    Status.MISSING: ("✗", "Answer not found"),
    Status.NOT_ATTEMPTED: ("○", "Not attempted"),
    Status.MANUAL: ("✎", "Graded by hand"),
    "ungraded": ("…", "Waits to be graded by hand"),
    Status.UNREADABLE: ("✗", "Could not be read"),
}

_ROW, _MORE = (
    re.compile(r" {4}(given|expected|got|error|there|line \d+) +(.*)"),
    " " * 14,
)  # as Verdict.text writes them
_NOTE, _HINT = "  Note: ", "  For a hint"
_HEAD = re.compile(r"[✓✗○] \w+(?:, |: )?")


@dataclass(frozen=True)
class Verdict:
    """What grading says about an exercise.

    Attributes:
        status: a key of WORDS.
        rows: label and text, in order: what was wrong, expected, got, likely cause, notes.
        hints: from a question to the name of a function.
    """

    status: str
    rows: tuple[tuple[str, str], ...]
    hints: tuple[str, ...] = ()


def verdict_of(notebook: NotebookNode, exercise: str) -> Verdict:
    """The verdict that grading left in a notebook: in the check's metadata, else in what the check printed."""
    check = find_cell(notebook, f"check-{exercise}")
    noted = verdict_noted(check) if check is not None else None
    status, reason, hints = noted or (*judge(notebook, exercise), ())
    printed = told(check) if check is not None else ""
    rows = explained(printed) if printed.startswith(("✓", "✗")) else []  # "○" says what to do in the notebook
    if not any(text for _, text in rows) and reason and status != Status.NOT_ATTEMPTED:
        rows = [("", reason)]
    return Verdict(status, tuple(rows), hints)


def explained(printed: str) -> list[tuple[str, str]]:
    """The lines of a verdict as labels and texts; the learner's own notebook shows the same lines."""
    head, *lines = printed.strip("\n").splitlines()
    head = _HEAD.sub("", head, count=1)
    rows, rest = [], []
    for line in lines:
        if row := _ROW.fullmatch(line):
            rows.append((row[1].capitalize(), row[2]))
        elif rows and line.startswith(_MORE):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}\n{line.removeprefix(_MORE)}")
        elif line.startswith(_NOTE):
            rest.append(("Note", line.removeprefix(_NOTE)))
        elif not line.startswith(_HINT) and line.strip():
            rest.append(("Think about", line.strip()))
    if head.endswith(":") and rest:  # on inputs that are not shown, the stage has a line of its own
        head = f"{head} {rest.pop(0)[1]}"
    return [("", head[:1].upper() + head[1:]), *rows, *rest] if head else rows + rest
