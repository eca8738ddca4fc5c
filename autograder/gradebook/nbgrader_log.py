"""Keeps the errors that nbgrader logs, which say more than what it raises."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager


class LoggedErrors(logging.Handler):
    """Keeps the texts of the errors that are logged."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one."""
        self.texts.append(record.getMessage().strip())

    def last_exception(self) -> str:
        """The exception in the first traceback that was logged, else the first error, else ""."""
        tracebacks = [text for text in self.texts if text.startswith("Traceback")]
        first = next(iter(tracebacks or self.texts), "")
        return first.splitlines()[-1] if first else ""


@contextmanager
def logged_errors(shown: bool = True) -> Iterator[LoggedErrors]:
    """Keep the errors that nbgrader logs in the block.

    Args:
        shown: whether its log also goes where logs go, such as the terminal.
    """
    log, errors = logging.getLogger("traitlets"), LoggedErrors()
    propagates = log.propagate
    log.propagate = propagates and shown
    log.addHandler(errors)
    try:
        yield errors
    finally:
        log.removeHandler(errors)
        log.propagate = propagates
