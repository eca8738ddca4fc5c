"""Looks at a running command every now and then: memory, open files and processes, by what they are for."""

import subprocess
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from load_cases import graders, rows, tree

LOOKING_SECONDS = 2.0


@dataclass(frozen=True)
class Look:
    """What was there at one moment.

    Attributes:
        seconds: since the beginning.
        done: submissions in the journal.
        megabytes: of the "command" (it asked for the run), of the "graders", and of the "others", such as the sandbox;
            shared memory counts in shares (PSS).
        files, processes: how many the command and the graders have open, and how many they are.
    """

    seconds: float
    done: int
    megabytes: dict[str, float]
    files: int
    processes: int

    @property
    def whole(self) -> float:
        """Megabytes of all together."""
        return sum(self.megabytes.values())


class Watch(threading.Thread):
    """Looks until the command ends; use it in a `with` statement, which waits for that.

    Attributes:
        looks: what it saw.
        seconds: how long the command ran.
    """

    def __init__(self, process: subprocess.Popen, root: Path, beside: Sequence[subprocess.Popen] = ()):
        super().__init__(daemon=True)
        self._process, self._root, self._beside, self._began = process, root, beside, time.monotonic()
        self.looks: list[Look] = []
        self.seconds = 0.0

    def __enter__(self) -> "Watch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.wait()
        self.seconds = time.monotonic() - self._began
        self.join()

    def run(self) -> None:
        while self._process.poll() is None:
            self.looks.append(self._look())
            time.sleep(LOOKING_SECONDS)

    def _look(self) -> Look:
        found = tree(self._process)
        of_grading = graders(found)
        of_others = [one for process in self._beside for one in tree(process)]
        megabytes: dict[str, float] = defaultdict(float)
        for one in [*found, *of_others]:
            role = "command" if one.pid == self._process.pid else "graders" if one in of_grading else "others"
            with suppress(psutil.Error):
                megabytes[role] += one.memory_full_info().pss / 1e6
        files = sum(map(_files, [*found[:1], *of_grading]))
        return Look(time.monotonic() - self._began, len(rows(self._root)), megabytes, files, len(of_grading))


def _files(process: psutil.Process) -> int:
    try:
        return process.num_fds()
    except psutil.Error:
        return 0


def slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line through points, by least squares; 0 for fewer than two."""
    if len({x for x, _ in points}) < 2:
        return 0.0
    middle_x, middle_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    above = sum((x - middle_x) * (y - middle_y) for x, y in points)
    return above / sum((x - middle_x) ** 2 for x, _ in points)
