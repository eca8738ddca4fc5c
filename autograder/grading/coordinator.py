"""The process that enters: gradebook, journal and files are its alone, and what is judged comes to it.

Nothing of what it loads or writes reaches the process that asks for the run, or its terminal.
"""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Literal

from autograder.errors import GradingError
from autograder.grading.executor import Executor, end_with_parent
from autograder.grading.judge import LOG, Graded, Job, Judge
from autograder.grading.loop import grade_lesson
from autograder.results.folder_lock import FolderLock

Place = Callable[
    [Judge, Path], Executor
]  # makes the executor, in the process that enters; it travels, to be called there

PATIENCE = 2  # by so much nicer than those that judge: while all load, the first verdict waits for them


class Coordinator:
    """That process, as the one sees it that asks for the run. Use it in a `with` statement.

    Args:
        judge: says how.
        place: makes what says where.
        root: the output folder.
        lock: of the output folder; every process that writes there holds it too.
        may_fork: whether the process may be a fork of this one, which starts in no time: only where this one runs one
            thread, and has loaded and changed nothing that the other should not have.
    """

    def __init__(self, judge: Judge, place: Place, root: Path, lock: FolderLock | None = None, may_fork: bool = False):
        self._root, self._arguments = root, (judge, place, root, lock)
        self._process: BaseProcess | None = None
        if may_fork and _threads() == 1:
            self._start("fork")

    def _start(self, method: Literal["fork", "spawn"]) -> None:
        context: Any = multiprocessing.get_context(method)  # whose types differ, and have no base
        self._connection, theirs = context.Pipe()
        inherited = self._connection if method == "fork" else None
        self._process = context.Process(target=_serve, args=(theirs, inherited, *self._arguments))
        self._process.start()
        theirs.close()

    def __enter__(self) -> "Coordinator":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End it, and with it those that it forked; where all is done it has nothing left to do."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._connection.close()

    def grade_all(self, notebooks: Mapping[str, Path], jobs: Sequence[Job]) -> Iterator[Graded]:
        """What comes of each job, in the order in which they are done; to be called once.

        Args:
            notebooks: the solution notebook of each lesson.
            jobs: sorted by lesson.

        Raises:
            GradingError: nothing can be graded, or no more.
        """
        if not jobs:
            return
        if self._process is None:
            self._start("spawn")
        with suppress(BrokenPipeError):
            self._connection.send((notebooks, jobs))
        while (found := self._next()) is not None:
            yield found

    def _next(self) -> Graded | None:
        try:
            found = self._connection.recv()
        except (EOFError, ConnectionResetError):
            told = f"the process that grades was ended; grade again, {self._root / LOG} may say more"
            raise GradingError(f"{self._root}: {told}") from None
        if isinstance(found, GradingError):
            raise found
        return found


def _threads() -> int:
    """How many threads this process has; 0 where the system does not say."""
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.exists() else 0


def _serve(
    connection: Connection,
    inherited: Connection | None,
    judge: Judge,
    place: Place,
    root: Path,
    lock: FolderLock | None,
) -> None:
    """In the process that writes: send what comes of each job, then None; or a GradingError.

    `inherited` is the asker's end of the connection, which this process must not keep open. `lock` is held by being
    there, and whatever is forked inherits it.
    """
    end_with_parent()
    if inherited is not None:
        inherited.close()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C: the process that asked for the run says so
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.disable()  # while all is loaded, none of which is garbage
    with suppress(EOFError, ConnectionResetError):
        try:
            judge.start(root / LOG)
            with place(judge, root) as executor:
                os.nice(PATIENCE)
                notebooks, jobs = connection.recv()
                for lesson, group in groupby(jobs, key=lambda job: job.lesson):
                    for graded in grade_lesson(judge, executor, root, lesson, notebooks[lesson], list(group)):
                        connection.send(graded)
            connection.send(None)
        except GradingError as error:
            connection.send(error)
