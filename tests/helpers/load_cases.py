"""Runs of `autograder grade` that are killed at random moments and resumed, and what must hold at their end."""

import os
import random
import sqlite3
import subprocess
import sysconfig
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import psutil
from class_cases import Statuses
from nbgrader.api import Gradebook

from autograder.course import settings
from autograder.course.lessons import all_lessons
from autograder.results import journal
from autograder.results.grades import ExerciseResult, read_grades

PROGRAM = Path(sysconfig.get_path("scripts")) / "autograder"
ENDING_SECONDS = 20.0  # within which all processes of a run that was killed are gone, on a busy machine too
STARTING_SECONDS = 6.0  # about what it takes until the first submission is graded
SHARE_OF_LOST_WORKERS = 0.3


def command(submissions: Path, root: Path, *options: str) -> list[str]:
    """Fresh cases are fixed, so that two runs can be compared."""
    return [str(PROGRAM), "grade", str(submissions), "--out", str(root), "--seed", "7", *options]


def start(words: list[str], log: Path) -> subprocess.Popen:
    """The command, with temporary files of its own and what it prints beside its output folder."""
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "COLUMNS": "200", "TMPDIR": str(temporary(log))}
    with log.open("ab") as file:
        return subprocess.Popen(words, stdout=file, stderr=file, env=environment)


def temporary(beside: Path) -> Path:
    folder = beside.with_suffix(".tmp")
    folder.mkdir(exist_ok=True)
    return folder


def tree(process: subprocess.Popen) -> list[psutil.Process]:
    """The command and all that it has started."""
    with suppress(psutil.NoSuchProcess):
        command = psutil.Process(process.pid)
        return [command, *command.children(recursive=True)]
    return []


def graders(found: list[psutil.Process]) -> list[psutil.Process]:
    """Of a command's processes, its forks: the one that writes, the one that judges, and the workers.

    They are what is lost when a machine runs out of memory.
    """
    words = _words(found[0]) if found else []
    return [one for one in found[1:] if words and _words(one) == words]


def _words(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def rows(root: Path) -> list[tuple[str, str, str, float]]:
    """Student, lesson, scoring and time of all rows of the journal."""
    if not (root / journal.FILE).exists():
        return []
    with closing(sqlite3.connect(root / journal.FILE, timeout=60)) as found:
        try:
            return found.execute("SELECT student, lesson, scoring, time FROM graded ORDER BY number").fetchall()
        except sqlite3.OperationalError:  # it is being made
            return []


def kill_somewhere(words: list[str], root: Path, chance: random.Random, most: int) -> str:
    """Start the command and end it after up to `most` further submissions, perhaps one of its workers before; say when.

    All that it has started has to be gone soon after.
    """
    process = start(words, root.with_suffix(".log"))
    first, began, lost = len(rows(root)), time.monotonic(), ""
    if chance.random() < SHARE_OF_LOST_WORKERS:
        _wait_for(process, root, 1 + chance.randrange(most + 1))
        lost = "a process that grades, then " * _kill(chance.choice(graders(tree(process)) or [None]))
    _wait_for(process, root, chance.randrange(most + 1))
    time.sleep(chance.uniform(0, 0.5 if len(rows(root)) > first else STARTING_SECONDS))
    found = tree(process)
    whole = "the command" if found and _kill(found[0]) else "nothing, it had ended"
    process.wait()
    expect_gone(found)
    return f"killed {lost}{whole}: {len(rows(root)) - first} rows in {time.monotonic() - began:.1f} s"


def _wait_for(process: subprocess.Popen, root: Path, count: int) -> None:
    """Until so many further rows are in the journal, or the command has ended."""
    first = len(rows(root))
    while process.poll() is None and len(rows(root)) < first + count:
        time.sleep(0.02)


def _kill(process: psutil.Process | None) -> bool:
    """Whether there was something to kill."""
    if process is not None:
        with suppress(psutil.NoSuchProcess):
            process.kill()
            return True
    return False


def expect_gone(found: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(found, timeout=ENDING_SECONDS)
    assert not alive, f"outlive the run: {alive}"


def expect_known(root: Path, expected: Statuses) -> None:
    """Grades, gradebook and journal say what was known beforehand; nothing is lost, doubled or left behind."""
    found = {(row.student, row.lesson, row.exercise): row for row in read_grades(root / "grades.csv")}
    assert found.keys() == expected.keys()
    differing = {key: found[key] for key, status in expected.items() if found[key].status != status}
    assert differing == {}, f"{len(differing)} of {len(expected)} verdicts differ"
    assert _scores(root) == {key: settings.points(*key[1:]) * (expected[key] == "passed") for key in expected}
    counts = Counter(row[:2] for row in rows(root))
    assert counts == dict.fromkeys({key[:2] for key in expected}, 1)
    assert {key: entry.verdicts[key[2]].status for key, entry in _entries(root, expected)} == expected
    assert journal.unfinished(root) == set()
    left = [path for path in root.rglob("*") if path.suffix == ".new" or path.name.endswith("-journal")]
    assert left == []


def _entries(root: Path, expected: Statuses):
    for key in expected:
        yield key, journal.read(root, *key[:2])


def _scores(root: Path) -> dict[tuple[str, str, str], float]:
    scores = {}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        for lesson in all_lessons():
            for submission in book.assignment_submissions(lesson.slug):
                for grade in submission.notebooks[0].grades:
                    key = submission.student.id, lesson.slug, grade.name.removeprefix("check-")
                    scores[key] = grade.auto_score or 0.0
    return scores


def told(root: Path) -> list[ExerciseResult]:
    """The rows of a folder; which of two limits a hanging answer meets first hangs on what else the machine does."""
    rows = read_grades(root / "grades.csv")
    return [replace(row, reason="") if row.status == "timeout" else row for row in rows]
