"""What one page may take: CPU, memory and room. Of what is too much the page shows the text as it was typed, or less.

The clock is that of the CPU, and a signal ends what runs too long; where there is no such signal, on Windows, only the
process that asks for the page ends it (`process`).
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import process_time
from types import FrameType

from markupsafe import Markup

from lessons.toolkit.text import t

AS_TYPED = t("This part takes too long to format; here it is as it was typed.")
FULL = t("The page is full: what comes below this is left out.")


class _TooLong(BaseException):
    """The time for a part is over. No `except Exception` of a library's takes it for its own."""


@dataclass
class Bounds:
    """What a page may take, and what of it is left.

    Attributes:
        part_seconds: of CPU for each cell or output.
        seconds: of CPU for all of them.
        room: characters of all of them.
        shortened: how many parts were too much.
    """

    part_seconds: float = 2.0
    seconds: float = 8.0
    room: int = 12_000_000
    shortened: int = 0
    running: bool = False

    def part(self, make: Callable[[], Markup], instead: Callable[[], str]) -> Markup:
        """A part of the page, or what can stand for it."""
        if self.room <= 0:
            self.shortened += 1
            return Markup()
        found = self._made(make) if self.seconds > 0 else None
        if found is None:
            self.shortened += 1
            found = Markup("{}\n{}").format(AS_TYPED, instead())
        self.room -= len(found)
        return found if self.room > 0 else Markup("{}\n{}").format(found, FULL)

    def _made(self, make: Callable[[], Markup]) -> Markup | None:
        """What came of it; None where it took too long, or too much memory."""
        began = process_time()
        try:
            self._set(min(self.part_seconds, self.seconds))
            self.running = True
            found = make()
            self.running = False
            return found
        except (_TooLong, MemoryError):
            self.running = False
            return None
        finally:
            self.running = False
            self._set(0)
            self.seconds -= process_time() - began

    def _set(self, seconds: float) -> None:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, seconds)

    def stop(self, number: int, frame: FrameType | None) -> None:
        """End the part that runs."""
        if self.running:
            raise _TooLong


_page: list[Bounds] = []  # of the page that is being made; none outside


@contextmanager
def bounded(bounds: Bounds) -> Iterator[None]:
    """Make a page inside this, in the main thread of a process that makes pages alone."""
    if hasattr(signal, "SIGPROF"):
        signal.signal(signal.SIGPROF, bounds.stop)
    _page.append(bounds)
    try:
        yield
    finally:
        _page.clear()


def part(make: Callable[[], Markup], instead: Callable[[], str]) -> Markup:
    """Make a part of a page within its bounds, or what can stand for it; parts within parts count as one."""
    if not _page or _page[0].running:
        return make()
    return _page[0].part(make, instead)


def shortened() -> int:
    """How many parts of the page were too much until now."""
    return _page[0].shortened if _page else 0
