"""A bound on what this process computes for one submission: what is slow in an unforeseen way ends with a reason."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from autograder.notebooks.reading import UnreadableError
from lessons.toolkit.text import t

GRADERS_SECONDS = 60.0  # of CPU outside the sandbox for a notebook, which takes a half
AGAIN_SECONDS = 2.0  # until it is raised once more, for whoever catches every exception


@contextmanager
def bounded(seconds: float = GRADERS_SECONDS) -> Iterator[None]:
    """Raise UnreadableError in here once this process has computed so long; in a main thread, which alone has signals.

    Raises:
        UnreadableError: it has.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise UnreadableError(
            t(
                "to look at it took more than {seconds} s; delete cells that do not belong to the lesson",
                seconds=seconds,
            )
        )

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
