"""What an executor is: it says where tasks are judged. How, a `Judge` says."""

import signal
import sys
from contextlib import AbstractContextManager
from typing import Any, Protocol


class LostError(Exception):
    """The process that judged a task has ended, or says nothing; the message says which."""


class Executor(Protocol):
    """Where tasks are judged. It is used in a `with` statement, in the process that enters."""

    def __enter__(self) -> "Executor": ...

    def __exit__(self, *_: object) -> None: ...

    def begin(self, lesson: str, most: int) -> None:
        """Get ready for at most so many submissions of a lesson, as far as that goes while the folder is made ready."""

    def open(self, opened: Any) -> AbstractContextManager[None]:
        """Judge tasks of the lesson that was begun, inside this; `opened` is what the judge's `opened` gave.

        Raises:
            GradingError: nothing can be judged; the message says why.
        """

    @property
    def has_room(self) -> bool:
        """Whether more tasks should be sent, so that nobody waits for one."""

    def send(self, number: int, task: Any, again: bool = False) -> None:
        """Have a task judged; `again`, by itself or elsewhere, where it was lost or failed once."""

    def answers(self) -> list[tuple[int, Any]]:
        """Wait until something has come: what judging gave or raised, or a LostError, by the task's number.

        Raises:
            GradingError: nothing can be judged any more.
        """


def end_with_parent() -> None:
    """Have the kernel end this process with the thread that started it, where it can."""
    if sys.platform == "linux":
        from autograder.sandbox.inside import kernel

        kernel.libc.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
