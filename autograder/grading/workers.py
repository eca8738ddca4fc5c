"""The processes that grade: one in which all is loaded and made ready, and the workers that it forks.

Nothing of what they load or write reaches the process that asks for the run, or its terminal.
"""

import gc
import logging
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from itertools import groupby
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple, Protocol, runtime_checkable

from autograder.grading.faults import FolderError, fault
from autograder.grading.lock import FolderLock
from autograder.grading.results import ExerciseResult, GradingError
from autograder.grading.submissions import Refusal, Submission, UnreadableError

LOG = "grading.log"
AT_HAND = 2  # jobs for each worker: one that it grades, one that it takes next

Job = Submission | Refusal


class Engine(Protocol):
    """What judges submissions.

    Attributes:
        name: for the record of a run.
        isolation: how it keeps submissions apart from everything else.
    """

    name: str
    isolation: str

    def known(self, submissions: Sequence[Submission], root: Path) -> dict[Submission, list[ExerciseResult]]:
        """Those that an earlier run has graded as they are; called in the process that asks for the run."""

    def start(self, log: Path) -> None:
        """Get the process ready that will fork workers; whatever it has to say goes to the file `log`."""

    def opened(self, root: Path, lesson: str, solution: Path) -> AbstractContextManager[None]:
        """Make `root` ready for grading a lesson, given by its solution notebook; workers are forked inside."""

    def judge(self, submission: Submission, root: Path) -> Any:
        """In a worker: find out what is to be entered of a submission. It travels, so it is plain data.

        Raises:
            GradingError: it could not; the message says why.
            UnreadableError: none of its notebooks can be read.
        """

    def enter(self, submission: Submission, root: Path, judged: Any) -> "Outcome":
        """In the process that forked the workers: write down what `judge` found.

        The attempt that counts lies in submitted/<student>/<lesson>/ of `root` then. One process alone writes verdicts,
        so no worker waits for the disk, or for another.

        Raises:
            UnreadableError: none of its notebooks can be read.
        """

    def refuse(
        self, student: str, lesson: str, reason: str, root: Path, status: str = "unreadable"
    ) -> list[ExerciseResult]:
        """As `enter`, that there are no verdicts: every exercise has this status."""


@runtime_checkable
class Spreading(Protocol):
    """An engine with workers of its own, elsewhere."""

    def grade_each(self, jobs: Sequence["Job"], root: Path) -> Iterator["Graded"]:
        """What comes of each job, all of the lesson that is open, in the order in which they are done."""


class CrashedError(Exception):
    """A submission ended the processes that were to judge it; the message says how."""


class Outcome(NamedTuple):
    """What an engine says of a submission.

    Attributes:
        rows: its results.
        cpu_seconds: what its own code took; 0 where that is not measured.
        unread: which of its attempts could not be read, and why; "" where all could.
        judged: how many exercises were judged; what was known of an earlier run was not.
    """

    rows: list[ExerciseResult]
    cpu_seconds: float = 0.0
    unread: str = ""
    judged: int = 0


@dataclass(frozen=True)
class Graded:
    """What came of a job.

    Attributes:
        job: which.
        rows: its results.
        reason: why it, or one of its attempts, could not be graded, or "".
        cpu_seconds: what its own code took, where that is measured.
        judged: how many exercises were judged.
    """

    job: Job
    rows: list[ExerciseResult]
    reason: str = ""
    cpu_seconds: float = 0.0
    judged: int = 0


def grade_all(
    engine: Engine,
    root: Path,
    notebooks: Mapping[str, Path],
    jobs: Sequence[Job],
    workers: int,
    lock: FolderLock | None = None,
) -> Iterator[Graded]:
    """What comes of each job, in the order in which they are done.

    Args:
        notebooks: the solution notebook of each lesson.
        jobs: sorted by lesson.
        workers: how many at a time.
        lock: of the output folder; every process that writes there holds it too.

    Raises:
        GradingError: nothing can be graded, or no more.
    """
    if not jobs:
        return
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send_all, args=(sender, engine, root, notebooks, jobs, workers, lock))
    process.start()
    sender.close()
    try:
        while (found := _next(receiver, root)) is not None:
            yield found
    finally:
        process.kill()  # where all is done it has nothing left to do; its workers end with it
        process.join()


def _next(receiver: Connection, root: Path) -> Graded | None:
    try:
        found = receiver.recv()
    except EOFError:
        raise GradingError(
            f"{root}: the process that grades was ended; grade again, {root / LOG} may say more"
        ) from None
    if isinstance(found, GradingError):
        raise found
    return found


def _send_all(
    sender: Connection, engine: Engine, root: Path, notebooks: Mapping[str, Path], jobs, workers, lock
) -> None:
    """In the process that forks workers and writes: send what comes of each job, then None; or a GradingError.

    `lock` is held by being there, and the workers inherit it.
    """
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C: the process that asked for the run says so
    gc.disable()  # while all is loaded, none of which is garbage
    try:
        engine.start(root / LOG)
        for lesson, group in groupby(jobs, key=lambda job: job.lesson):
            for graded in _grade_lesson(engine, root, lesson, notebooks[lesson], list(group), workers):
                sender.send(graded)
        sender.send(None)
    except GradingError as error:
        sender.send(error)


def end_with_parent() -> None:
    """Have the kernel end this process with the thread that started it, where it can."""
    if sys.platform == "linux":
        from autograder.sandbox import kernel

        kernel.libc.prctl(kernel.DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)


def _grade_lesson(
    engine: Engine, root: Path, lesson: str, solution: Path, jobs: Sequence[Job], workers: int
) -> Iterator[Graded]:
    waiting = deque(jobs)
    with ExitStack() as stack:
        _open(stack, engine, root, lesson, solution)
        gc.freeze()  # what is loaded by now is garbage for none of the workers, and they share it
        gc.enable()
        if isinstance(engine, Spreading):
            yield from engine.grade_each(jobs, root)
            return
        while waiting:
            lost: list[Job] = []
            with _pool(engine, min(workers, len(waiting))) as pool:
                yield from _grade_until_lost(engine, pool, root, waiting, workers, lost)
            for job in lost:  # one of them ended its worker, and the others with it: now each has one to itself
                yield _grade_alone(engine, root, job)


def _grade_until_lost(
    engine: Engine, pool: ProcessPoolExecutor, root: Path, waiting: deque[Job], workers: int, lost: list[Job]
) -> Iterator[Graded]:
    """What comes of the jobs that wait; once a worker is lost, those that were under way are put in `lost`.

    A few are given out at a time, so that few are lost, and what came of all the others is kept nowhere.
    """
    running: dict[Future[Any], Job] = {}
    while running or (waiting and not lost):
        while waiting and not lost and len(running) < AT_HAND * workers:
            job = waiting.popleft()
            try:
                running[pool.submit(_judge, job, root)] = job
            except BrokenProcessPool:
                lost.append(job)
        done = wait(running, return_when=FIRST_COMPLETED).done
        for future in sorted(done, key=lambda one: one.exception() is not None):  # results first: an error ends this
            job = running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(job)
            else:
                yield _entered(engine, job, root, future)


def _open(stack: ExitStack, engine: Engine, root: Path, lesson: str, solution: Path) -> None:
    try:
        stack.enter_context(engine.opened(root, lesson, solution))
    except GradingError:
        raise
    except Exception as error:  # a damaged gradebook, a full disk: nothing can be graded then
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
        raise GradingError(f"{root}: cannot be prepared ({reason}); {root / LOG} may say more") from error


def _grade_alone(engine: Engine, root: Path, job: Job) -> Graded:
    with _pool(engine, 1) as pool:
        judged = pool.submit(_judge, job, root)
        wait([judged])
    return _entered(engine, job, root, judged)


def _entered(engine: Engine, job: Job, root: Path, judged: Future[Any]) -> Graded:
    """What comes of a job that a worker is done with."""

    def enter(submission: Submission, root: Path) -> Outcome:
        try:
            return engine.enter(submission, root, judged.result())
        except BrokenProcessPool:
            raise CrashedError("it ended the process that grades") from None

    return grade_one(engine, job, root, enter)


_engines: list[Engine] = []  # of this worker: one


def _start_worker(engine: Engine) -> None:
    end_with_parent()
    _engines.append(engine)


@contextmanager
def _pool(engine: Engine, workers: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(workers, context, initializer=_start_worker, initargs=(engine,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _judge(job: Job, root: Path) -> Any:
    """In a worker: what is to be entered of a job; of a refusal there is nothing to find out."""
    return None if isinstance(job, Refusal) else _engines[0].judge(job, root)


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
        reason = str(error)
    except CrashedError as error:
        return _refuse(engine, job, str(error), root, "crashed")
    except GradingError as error:
        reason = f"{engine.name} could not grade it: {error}"
    except Exception as error:  # whatever is wrong with one submission, the others go on
        if fault(error):
            raise
        logging.getLogger().exception("%s could not be graded", job)
        reason = f"could not be graded ({type(error).__name__}: {error}); {LOG} has the details"
    return _refuse(engine, job, reason, root)


def _refuse(engine: Engine, job: Job, reason: str, root: Path, status: str = "unreadable") -> Graded:
    return Graded(job, engine.refuse(job.student, job.lesson, reason, root, status), reason)
