"""Keeps what an answer prints while it is checked from pushing the result out of sight."""

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TextIO

LINES, CHARACTERS = 40, 4_000  # that are shown


class _Shortened(io.TextIOBase):
    """Passes so many lines on and counts the others."""

    def __init__(self, shown_on: TextIO, most: int):
        self._shown_on, self._most, self._characters = shown_on, most, 0
        self.lines = self.hidden = 0

    def writable(self) -> bool:
        """What is printed is written here."""
        return True

    def write(self, text: str) -> int:
        """Show the text, or count its lines."""
        for line in text.splitlines(keepends=True):
            if self.lines < self._most and self._characters + len(line) <= CHARACTERS:
                self._shown_on.write(line)
                self._characters += len(line)
            else:
                self.hidden += line.endswith("\n")
            self.lines += line.endswith("\n")
        return len(text)

    def flush(self) -> None:
        """Show what was written."""
        self._shown_on.flush()


@contextmanager
def silenced() -> Iterator[None]:
    """Show nothing of what is printed inside."""
    with redirect_stdout(_Shortened(sys.stdout, 0)):
        yield


@contextmanager
def shortened() -> Iterator[None]:
    """Show no more than the first lines of what is printed inside, and say how many there were."""
    printed = _Shortened(sys.stdout, LINES)
    try:
        with redirect_stdout(printed):
            yield
    finally:
        if printed.hidden:
            print(f"… {printed.hidden:,} more lines that your code printed are not shown.")
