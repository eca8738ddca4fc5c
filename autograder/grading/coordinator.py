"""The process that writes: gradebook, journal and files are its alone, and what is judged comes to it.

Nothing of what it loads or writes reaches the process that asks for the run, or its terminal.
"""

import gc
import logging
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from itertools import groupby
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from autograder.errors import GradingError
from autograder.grading.engine import LOG, CrashedError, Engine, Graded, Job, Outcome, Spreading, end_with_parent
from autograder.grading.local_pool import Judges, entered
from autograder.notebooks.reading import UnreadableError
from autograder.results.disk_errors import FolderError, fault
from autograder.results.folder_lock import FolderLock
from autograder.status import Status
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import Words

PATIENCE = 2  # by so much nicer than those that judge: while all load, the first verdict waits for them


class Coordinator:
    """That process, as the one sees it that asks for the run. Use it in a `with` statement.

    Args:
        engine: what grades.
        root: the output folder.
        workers: how many submissions at a time.
        lock: of the output folder; every process that writes there holds it too.
        may_fork: whether the process may be a fork of this one, which starts in no time: only where this one runs one
            thread, and has loaded and changed nothing that the other should not have.
    """

    def __init__(
        self, engine: Engine, root: Path, workers: int, lock: FolderLock | None = None, may_fork: bool = False
    ):
        self._root, self._arguments = root, (engine, root, workers, lock)
        self._process: BaseProcess | None = None
        if may_fork and _threads() == 1:
            self._start("fork")

    def _start(self, method: str) -> None:
        context = multiprocessing.get_context(method)
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
    engine: Engine,
    root: Path,
    workers: int,
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
            engine.start(root / LOG)
            with ExitStack() as stack:
                judges = None if isinstance(engine, Spreading) else stack.enter_context(Judges(engine, root, workers))
                os.nice(PATIENCE)
                notebooks, jobs = connection.recv()
                for lesson, group in groupby(jobs, key=lambda job: job.lesson):
                    for graded in _grade_lesson(engine, root, lesson, notebooks[lesson], list(group), judges):
                        connection.send(graded)
            connection.send(None)
        except GradingError as error:
            connection.send(error)


def _grade_lesson(
    engine: Engine, root: Path, lesson: str, solution: Path, jobs: Sequence[Job], judges: Judges | None
) -> Iterator[Graded]:
    with ExitStack() as stack:
        if judges is not None:
            judges.begin(lesson)
        opened = entered(stack, engine.opened(root, lesson, solution), root)
        gc.freeze()
        gc.enable()
        if judges is None:
            yield from engine.grade_each(jobs, root)
            return
        for refusal in (job for job in jobs if isinstance(job, Refusal)):
            yield grade_one(engine, refusal, root, engine.enter)
        for submission, judged in judges.judge(opened, [job for job in jobs if isinstance(job, Submission)]):
            yield _entered(engine, submission, root, judged)


def _entered(engine: Engine, submission: Submission, root: Path, judged: Any) -> Graded:
    """What comes of a submission that a worker is done with."""

    def enter(submission: Submission, root: Path) -> Outcome:
        if isinstance(judged, Exception):
            raise judged
        return engine.enter(submission, root, judged)

    return grade_one(engine, submission, root, enter)


def grade_one(engine: Engine, job: Job, root: Path, grade: Callable[[Submission, Path], Outcome]) -> Graded:
    """What comes of a job, whatever is wrong with it.

    Raises:
        FolderError: it cannot be written down.
    """
    try:
        return _graded(engine, job, root, grade)
    except Exception as error:
        if told := fault(error):
            logging.getLogger().exception("%s could not be written down", job)
            raise FolderError(f"{root} cannot be written ({told})") from None
        raise


def _graded(engine: Engine, job: Job, root: Path, grade: Callable[[Submission, Path], Outcome]) -> Graded:
    if isinstance(job, Refusal):
        return _refuse(engine, job, job.reason, root)
    try:
        found = Outcome(*grade(job, root))
        return Graded(job, found.rows, found.unread, found.cpu_seconds, found.judged)
    except UnreadableError as error:
        reason = error.told
    except CrashedError as error:
        return _refuse(engine, job, str(error), root, Status.CRASHED)
    except GradingError as error:
        reason = f"{engine.name} could not grade it: {error}"
    except Exception as error:  # whatever is wrong with one submission, the others go on
        if fault(error):
            raise
        logging.getLogger().exception("%s could not be graded", job)
        reason = f"could not be graded ({type(error).__name__}: {error}); {LOG} has the details"
    return _refuse(engine, job, reason, root)


def _refuse(engine: Engine, job: Job, reason: Words, root: Path, status: Status = Status.UNREADABLE) -> Graded:
    return Graded(job, engine.refuse(job.student, job.lesson, reason, root, status), str(reason))
