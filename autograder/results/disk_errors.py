"""Tells what is wrong with the machine from what is wrong with a submission: that ends a run and is no verdict."""

import errno
import sqlite3
from collections.abc import Iterator

from autograder.errors import GradingError

_ERRORS = ("ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "EMFILE", "ENFILE")
_NUMBERS = {getattr(errno, name) for name in _ERRORS}


class FolderError(GradingError):
    """The output folder cannot be written: no submission gets a verdict until that is mended."""


def fault(error: BaseException) -> str:
    """What keeps gradebook, journal or files from being written, if that is the error's cause; else ""."""
    from sqlalchemy.exc import OperationalError

    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.errno in _NUMBERS:
            return f"{cause.strerror}{f': {cause.filename}' if cause.filename else ''}"
        if isinstance(cause, sqlite3.OperationalError | OperationalError):
            return str(cause).splitlines()[0]
    return ""


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it wraps, and what it was raised from."""
    while error is not None:
        yield error
        error = getattr(error, "orig", None) or error.__cause__ or error.__context__
