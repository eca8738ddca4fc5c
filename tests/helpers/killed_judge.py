"""A judge that ends at a chosen point of its work, as a power cut or `kill -9` would end it there."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autograder import files
from autograder.gradebook import scores
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.judging.messages import Assignment
from autograder.results import journal

POINTS = {
    "amid the files": (files, "_sync_folder", False),
    "before the gradebook": (scores, "save_scores", False),
    "between gradebook and journal": (journal, "write", False),
    "between journal and report": (journal, "write", True),
}


class KilledJudge(SandboxJudge):
    """Ends the process that writes, and with it all that grade, when it comes to one of POINTS the time `number`."""

    def __init__(self, point: str, number: int = 2, seed: int | None = None):
        super().__init__(seed)
        self.point, self.number = point, number
        self._writing = False

    def start(self, log: Path) -> None:
        super().start(log)
        module, name, after = POINTS[self.point]
        setattr(module, name, self._deadly(getattr(module, name), after))

    @contextmanager
    def opened(self, root: Path, lesson: str, solution: Path) -> Iterator[Assignment]:
        with super().opened(root, lesson, solution) as opened:
            self._writing = True  # only what is written of submissions counts
            yield opened

    def _deadly(self, function: Callable, after: bool) -> Callable:
        calls, writer = 0, os.getpid()

        def called(*arguments, **options):
            nonlocal calls
            calls += self._writing and os.getpid() == writer
            if calls == self.number and not after:
                _kill()
            found = function(*arguments, **options)
            if calls == self.number:
                _kill()
            return found

        return called


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
