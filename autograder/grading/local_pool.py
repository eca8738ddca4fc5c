"""The executor of this machine: a process that gets ready to judge, and the workers that it forks then.

It is forked itself by the process that enters, before that one loads what it needs, so that both load at once.
"""

import gc
import logging
import multiprocessing
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from autograder.errors import CourseError, GradingError
from autograder.grading.executor import LostError, end_with_parent
from autograder.grading.judge import LOG, Judge
from autograder.notebooks.reading import UnreadableError

AT_HAND = 2  # tasks for each worker: one that it judges, one that it takes next

Answering = Callable[[Any], Any]  # what makes an answer of a task


class _Task(NamedTuple):
    number: int
    task: Any
    again: bool


class LocalPool:
    """That process, as the one sees it that enters. Use it in a `with` statement.

    Args:
        judge: says how.
        root: the output folder.
        count: how many workers.
    """

    def __init__(self, judge: Judge, root: Path, count: int):
        self._root, self._most, self._sent = root, AT_HAND * count, 0
        self._connection, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_serve, args=(theirs, self._connection, judge, root, count))
        self._process.start()
        theirs.close()

    def __enter__(self) -> "LocalPool":
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._process.kill()  # its workers end with it
        self._process.join()

    def begin(self, lesson: str, most: int) -> None:
        """Have it get ready for a lesson, as far as it can while the output folder is made ready."""
        self._send((lesson, most))

    @contextmanager
    def open(self, opened: Any) -> Iterator[None]:
        """Judge tasks inside this.

        Raises:
            GradingError: it cannot.
        """
        self._send(opened)
        self._receive()  # until it is ready nothing is planned, since that lets go of what went back before
        yield
        self._send(None)

    @property
    def has_room(self) -> bool:
        """Whether a worker could soon wait for a task. A few are given out at a time, so that few can be lost."""
        return self._sent < self._most

    def send(self, number: int, task: Any, again: bool = False) -> None:
        """Have a task judged; `again`, by a worker that has no other."""
        self._sent += 1
        self._send(_Task(number, task, again))

    def answers(self) -> list[tuple[int, Any]]:
        """Wait for the next answer.

        Raises:
            GradingError: it cannot judge.
        """
        found = self._receive()
        self._sent -= 1
        return [found]

    def _send(self, message: Any) -> None:
        with suppress(BrokenPipeError):  # it has ended, or is about to say why it cannot judge
            self._connection.send(message)

    def _receive(self) -> Any:
        try:
            found = self._connection.recv()
        except (EOFError, ConnectionResetError):
            told = f"the process that judges was ended; grade again, {self._root / LOG} may say more"
            raise GradingError(f"{self._root}: {told}") from None
        if isinstance(found, GradingError):
            raise found
        return found


def _serve(connection: Connection, others: Connection, judge: Judge, root: Path, count: int) -> None:
    """Judge one lesson after another, until there is nobody left to tell."""
    end_with_parent()
    others.close()
    with suppress(EOFError, ConnectionResetError, BrokenPipeError):
        while True:
            lesson, most = connection.recv()
            try:
                _judge_lesson(connection, judge, root, lesson, min(count, most))
            except GradingError as error:
                connection.send(error)
                return


def _judge_lesson(connection: Connection, judge: Judge, root: Path, lesson: str, count: int) -> None:
    with ExitStack() as stack:
        answering = entered(stack, judge.judging(root, lesson, connection.recv), root)
        gc.freeze()  # what is loaded by now is garbage for none of the workers, and they share it
        gc.enable()
        connection.send(None)
        with _Workers(connection, answering, count) as workers:
            while (task := connection.recv()) is not None:
                workers.judge(task)


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


class _Workers:
    """A pool of workers, made anew where one of them was lost, and with it what all of them had.

    A process is forked only while no pool is there: a pool has threads.
    """

    def __init__(self, connection: Connection, answering: Answering, count: int):
        self._connection, self._answering, self._count = connection, answering, count
        self._pool: ProcessPoolExecutor | None = None
        self._sending = threading.Lock()

    def __enter__(self) -> "_Workers":
        return self

    def __exit__(self, *_: object) -> None:
        self._end_pool()

    def judge(self, task: _Task) -> None:
        """Begin to judge a task, or do so by itself; its answer is sent."""
        if task.again:
            self._end_pool()
            with _pool(self._answering, 1) as pool:
                wait([self._submit(pool, task)])
            return
        with suppress(BrokenProcessPool):
            self._submit(self._pool or self._new_pool(), task)
            return
        self._end_pool()
        self._submit(self._new_pool(), task)

    def _submit(self, pool: ProcessPoolExecutor, task: _Task) -> Future[Any]:
        future = pool.submit(_judge, task.task)
        future.add_done_callback(partial(self._answer, task.number))
        return future

    def _answer(self, number: int, future: Future[Any]) -> None:
        answer = future.exception() or future.result()
        if isinstance(answer, BrokenProcessPool):
            answer = LostError("it ended the process that grades")
        with self._sending, suppress(BrokenPipeError):
            self._connection.send((number, answer))

    def _new_pool(self) -> ProcessPoolExecutor:
        self._pool = _pool(self._answering, self._count)
        return self._pool

    def _end_pool(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None


def _pool(answering: Answering, count: int) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(count, context, initializer=_start_worker, initargs=(answering,))


_answering: list[Answering] = []  # of this worker: one


def _start_worker(answering: Answering) -> None:
    end_with_parent()
    _answering.append(answering)


def _judge(task: Any) -> Any:
    """In a worker."""
    try:
        return _answering[0](task)
    except (GradingError, UnreadableError):
        raise
    except Exception:  # the traceback does not travel
        logging.getLogger().exception("a task could not be judged")
        raise
