"""The process that judges: all that judging needs is loaded and made ready here, for the workers that it forks.

It is forked itself by the process that writes, before that one loads what it needs, so that both load at once.
"""

import gc
import logging
import multiprocessing
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from autograder.errors import CourseError, GradingError
from autograder.grading.engine import LOG, CrashedError, Engine, end_with_parent
from autograder.notebooks.reading import UnreadableError
from autograder.submissions.find import Submission

AT_HAND = 2  # submissions for each worker: one that it judges, one that it takes next

Found = tuple[Submission, Any]  # a submission and what judging it gave, or the exception that it ended with


class Judges:
    """That process, as the one sees it that writes. Use it in a `with` statement.

    Args:
        engine: what judges.
        root: the output folder.
        count: how many workers.
    """

    def __init__(self, engine: Engine, root: Path, count: int):
        self._root = root
        self._connection, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_serve, args=(theirs, self._connection, engine, root, count))
        self._process.start()
        theirs.close()

    def __enter__(self) -> "Judges":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.kill()  # its workers end with it
        self._process.join()

    def begin(self, lesson: str) -> None:
        """Have it get ready for a lesson, as far as it can while the output folder is made ready."""
        self._send(lesson)

    def judge(self, opened: Any, submissions: Sequence[Submission]) -> Iterator[Found]:
        """What judging each gives, in the order in which they are done.

        Args:
            opened: what the engine's `opened` gave for the lesson that was begun.
            submissions: all of that lesson.

        Raises:
            GradingError: it cannot judge.
        """
        self._send(opened)
        self._send(submissions)
        while (found := self._receive()) is not None:
            if isinstance(found, GradingError):
                raise found
            yield found

    def _send(self, message: Any) -> None:
        with suppress(BrokenPipeError):  # it has ended, or is about to say why it cannot judge
            self._connection.send(message)

    def _receive(self) -> Any:
        try:
            return self._connection.recv()
        except (EOFError, ConnectionResetError):
            told = f"the process that judges was ended; grade again, {self._root / LOG} may say more"
            raise GradingError(f"{self._root}: {told}") from None


def _serve(connection: Connection, others: Connection, engine: Engine, root: Path, count: int) -> None:
    """Judge one lesson after another, until there is nobody left to tell."""
    end_with_parent()
    others.close()
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):
        while True:
            lesson = connection.recv()
            try:
                _judge_lesson(connection, engine, root, lesson, count)
                connection.send(None)
            except GradingError as error:
                connection.send(error)
                return


def _judge_lesson(connection: Connection, engine: Engine, root: Path, lesson: str, count: int) -> None:
    with ExitStack() as stack:
        entered(stack, engine.judging(root, lesson, connection.recv), root)
        submissions = connection.recv()
        gc.freeze()  # what is loaded by now is garbage for none of the workers, and they share it
        gc.enable()
        for found in _judge_all(engine, root, submissions, count):
            connection.send(found)


def entered(stack: ExitStack, ready: AbstractContextManager[Any], root: Path) -> Any:
    """Enter what makes something ready: what it gives.

    Raises:
        GradingError: it could not: a damaged gradebook, a full disk. Nothing can be graded then.
    """
    try:
        return stack.enter_context(ready)
    except (GradingError, EOFError):
        raise
    except CourseError as error:
        raise GradingError(str(error)) from error
    except Exception as error:
        reason = f"{type(error).__name__}: {str(error).splitlines()[0]}" if str(error) else type(error).__name__
        raise GradingError(f"{root}: cannot be prepared ({reason}); {root / LOG} may say more") from error


def _judge_all(engine: Engine, root: Path, submissions: Sequence[Submission], count: int) -> Iterator[Found]:
    waiting = deque(submissions)
    while waiting:
        lost: list[Submission] = []
        with _pool(engine, min(count, len(waiting))) as pool:
            yield from _judge_until_lost(pool, root, waiting, count, lost)
        for submission in lost:  # one of them ended its worker, and the others with it: now each has one to itself
            yield submission, _judged_alone(engine, root, submission)


def _judge_until_lost(
    pool: ProcessPoolExecutor, root: Path, waiting: deque[Submission], count: int, lost: list[Submission]
) -> Iterator[Found]:
    """What comes of those that wait; once a worker is lost, those that were under way are put in `lost`.

    A few are given out at a time, so that few are lost, and what came of all the others is kept nowhere.
    """
    running: dict[Future[Any], Submission] = {}
    while running or (waiting and not lost):
        while waiting and not lost and len(running) < AT_HAND * count:
            submission = waiting.popleft()
            try:
                running[pool.submit(_judge, submission, root)] = submission
            except BrokenProcessPool:
                lost.append(submission)
        done = wait(running, return_when=FIRST_COMPLETED).done
        for future in [each for each in running if each in done]:  # in order: an error hides none before it
            submission = running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                lost.append(submission)
            else:
                yield submission, future.exception() or future.result()


def _judged_alone(engine: Engine, root: Path, submission: Submission) -> Any:
    """As `_judge_until_lost`, of one submission; a `CrashedError` where it has ended its worker."""
    with _pool(engine, 1) as pool:
        future = pool.submit(_judge, submission, root)
        wait([future])
    if isinstance(future.exception(), BrokenProcessPool):
        return CrashedError("it ended the process that grades")
    return future.exception() or future.result()


_engines: list[Engine] = []  # of this worker: one


def _start_worker(engine: Engine) -> None:
    end_with_parent()
    _engines.append(engine)


@contextmanager
def _pool(engine: Engine, count: int) -> Iterator[ProcessPoolExecutor]:
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(count, context, initializer=_start_worker, initargs=(engine,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _judge(submission: Submission, root: Path) -> Any:
    """In a worker."""
    try:
        return _engines[0].judge(submission, root)
    except (GradingError, UnreadableError):
        raise
    except Exception:  # the traceback does not travel
        logging.getLogger().exception("%s could not be judged", submission)
        raise
