"""`autograder check NOTEBOOK`: the checks of a learner's notebook in the terminal, on recorded cases.

Cells and checks run in another process, see `check_process`; this one says what comes of them, and ends what takes too
long.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import IO, Any, cast

from autograder.course import settings
from autograder.learner.job_summary import append_refusal, append_verdicts
from autograder.learner.own_notebooks import LearnerError
from autograder.paths import environment
from autograder.status import Status
from autograder.verdict import TO_MEND, Verdict
from lessons.toolkit.text import Text, Words, from_data, said, t

CLOCK_FACTOR = 6.0  # a clock may show so many times as much as the processor, for machines that are busy
STARTING_SECONDS = 300.0  # until something is read: PyTorch comes from a disk first
LONGEST_LINE = 1_000_000  # characters of what the process says at once


def check_notebook(path: Path, seconds: float | None = None, summary: Path | None = None) -> int:
    """Run what grading would run of a notebook, print one verdict per exercise, and return 0 if all passed, else 1.

    A cell that fails or takes too long is reported and stops nothing.

    Args:
        path: the notebook.
        seconds: of CPU for each cell and exercise; None for what course.toml allows in grading.
        summary: a file to which the verdicts are added as Markdown; None for none.

    Raises:
        LearnerError: the file cannot be read, or belongs to no lesson.
    """
    if summary is None:
        return _check(path, seconds)[0]
    try:
        code, checked = _check(path, seconds)
    except LearnerError as error:
        append_refusal(summary, path, str(error))
        raise
    append_verdicts(summary, path, checked.exercises, checked.verdicts)
    return code


def _check(path: Path, seconds: float | None) -> "tuple[int, _Checked]":
    checked = _Checked(path, seconds or float(settings.in_force()["limits"]["seconds_per_exercise"]))
    while not checked.whole:
        checked.run()
    passed = sum(verdict.passed for verdict in checked.verdicts.values())
    print(said("{passed} of {count} exercises passed", passed=passed, count=len(checked.exercises)))
    return 0 if passed == len(checked.exercises) else 1, checked


class _Checked:
    """A notebook that is being checked, by one process after another where one has to be ended.

    Attributes:
        exercises: those of its lesson.
        verdicts: of those that are judged.
        whole: whether nothing is left to do.
    """

    def __init__(self, path: Path, seconds: float):
        self._path, self._seconds = path, seconds
        self._left_out: list[int] = []
        self._told: set[str] = set()
        self.exercises: list[str] = []
        self.verdicts: dict[str, Verdict] = {}
        self.whole = False

    def run(self) -> None:
        """Go on until all is done, or a process had to be ended.

        Raises:
            LearnerError: the file cannot be read, or belongs to no lesson; or nothing runs.
        """
        asked = {"notebook": str(self._path), "left_out": self._left_out, "known": list(self.verdicts)}
        process = _Process(asked)
        step: Mapping[str, Any] = {}
        try:
            while (words := process.hear(self._seconds)) is not None:
                step = words if "step" in words else step
                self._take(words)
                if self.whole:
                    return
        finally:
            process.end()
        self._leave_out(step, process.took_long)

    def _take(self, words: Mapping[str, Any]) -> None:
        match words:
            case {"exercises": list(slugs)}:
                self.exercises = slugs
            case {"note": note}:
                self._tell(said("Note: {note}.", note=from_data(note)))
            case {"stopped": name, "error": str(error), **rest}:
                self._tell("! " + said("{cell} stopped with {error}", cell=from_data(name), error=error))
                if advice := rest.get("advice"):
                    self._tell("  " + said("Note: {note}.", note=from_data(advice)))
            case {"verdict": dict(data)}:
                self._note(Verdict.from_data(data))
            case {"undefined": str(slug), "defines": str(name)}:
                lost = t("{name} is not defined. Is its cell still there, and does it run?", name=name)
                self._tell(f"✗ {slug}: {lost}")
                self.verdicts[slug] = Verdict(slug, Status.MISSING, title=lost, case="")
            case {"refused": str(told)}:
                raise LearnerError(told)
            case {"end": True}:
                self.whole = True

    def _leave_out(self, step: Mapping[str, Any], took_long: bool) -> None:
        """What to do with the cell or the exercise at which the process ended."""
        seconds = f"{self._seconds:g}"
        match step:
            case {"step": "cell", "number": int(number), "name": name}:
                self._left_out.append(number)
                self._tell("! " + _left_out(from_data(name), seconds if took_long else ""))
            case {"step": "exercise", "slug": str(slug)}:
                title = t("took more than {seconds} seconds", seconds=seconds) if took_long else t("ended its process")
                self._note(Verdict(slug, Status.TIMEOUT if took_long else Status.CRASHED, title=title, question=_ASK))
            case _:
                raise LearnerError(_no_check(self._path, took_long))

    def _note(self, verdict: Verdict) -> None:
        from autograder.learner import progress

        progress.note(verdict.exercise, verdict.status, self._path.parent)
        self.verdicts[verdict.exercise] = _as_in_terminal(verdict)
        print(self.verdicts[verdict.exercise].text(), flush=True)

    def _tell(self, line: str) -> None:
        """Print it, once: a second process comes by the same cells."""
        if line not in self._told:
            self._told.add(line)
            print(line, flush=True)


def _as_in_terminal(verdict: Verdict) -> Verdict:
    """What is to be done where no cell is there to be run: of an exercise that is as it was given."""
    if verdict.status is not Status.NOT_ATTEMPTED:
        return verdict
    return replace(verdict, question=_MEND if verdict.question == TO_MEND else _WRITE)


def _left_out(cell: Words, seconds: str) -> str:
    """What became of a cell that took more than so many seconds, or ended its process ("")."""
    if seconds:
        return said(
            "{cell} took more than {seconds} seconds and is left out; is there a loop that never ends, or a call of "
            "exit?",
            cell=cell,
            seconds=seconds,
        )
    return said(
        "{cell} ended the process that it ran in and is left out; is there a loop that never ends, or a call of exit?",
        cell=cell,
    )


def _no_check(path: Path, took_long: bool) -> str:
    if took_long:
        return said(
            "{path}: the process that checks took too long; open the notebook and run its checks", path=str(path)
        )
    return said(
        "{path}: the process that checks ended before anything was checked; open the notebook and run its checks",
        path=str(path),
    )


_WRITE: Text = t("Replace the line that raises NotImplementedError, save the notebook, then check it again.")
_MEND: Text = t("Find the mistake in the exercise's code, mend it, save the notebook, then check it again.")
_ASK: Text = t("Is there a loop in your code that never ends, or a call of exit?")


class _Process:
    """The process that checks, as it is heard."""

    def __init__(self, asked: Mapping[str, Any]):
        command = [sys.executable, "-P", "-m", "autograder.learner.check_process", json.dumps(asked)]
        # as in grading: one thread, whose seconds count, and figures that are drawn and shown nowhere
        given = environment(OMP_NUM_THREADS="1", MPLBACKEND="agg")
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=given, start_new_session=True
        )
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self._cpu = self._cpu_before = 0.0
        self._began, self._is_ready = monotonic(), False
        self.took_long = False

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # closed by `end`
            while line := cast(IO[bytes], self._process.stdout).readline(LONGEST_LINE):
                self._lines.put(line)
        self._lines.put(b"")

    def hear(self, seconds: float) -> dict[str, Any] | None:
        """What it says next; None where it has ended, or what it is at takes longer than that."""
        while not self._is_over(seconds):
            try:
                line = self._lines.get(timeout=0.1)
            except queue.Empty:
                continue
            if not line:
                return None
            with suppress(ValueError):
                words: dict[str, Any] = json.loads(line)
                if "cpu" not in words:
                    self._note_step(words)
                    return words
                self._cpu = float(words["cpu"])
        self.took_long = True
        return None

    def _note_step(self, words: Mapping[str, Any]) -> None:
        if "step" in words:
            self._began, self._cpu_before, self._is_ready = monotonic(), self._cpu, True

    def _is_over(self, seconds: float) -> bool:
        """Whether what it is at has used up its time, by the processor or by the clock."""
        waited = monotonic() - self._began
        if not self._is_ready:
            return waited > STARTING_SECONDS
        return self._cpu - self._cpu_before > seconds or waited > CLOCK_FACTOR * seconds

    def end(self) -> None:
        """End it, with all that it has started where the system allows that."""
        with suppress(OSError, AttributeError):  # Windows has no groups of that kind
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        cast(IO[bytes], self._process.stdout).close()
