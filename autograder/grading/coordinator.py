"""The process that enters: gradebook, journal and files are its alone, and what is judged comes to it.

Nothing of what it loads or writes reaches the process that asks for the run, or its terminal.
"""

import gc
import logging
import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count, groupby
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, NamedTuple

from autograder.errors import GradingError
from autograder.grading.executor import Executor, LostError, end_with_parent
from autograder.grading.judge import LOG, CrashedError, Graded, Job, Judge, Plan
from autograder.grading.local_pool import entered
from autograder.notebooks.reading import UnreadableError
from autograder.results.disk_errors import FolderError, fault
from autograder.results.folder_lock import FolderLock
from autograder.status import Status
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import Words

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
                    for graded in _grade_lesson(judge, executor, root, lesson, notebooks[lesson], list(group)):
                        connection.send(graded)
            connection.send(None)
        except GradingError as error:
            connection.send(error)


def _grade_lesson(
    judge: Judge, executor: Executor, root: Path, lesson: str, solution: Path, jobs: Sequence[Job]
) -> Iterator[Graded]:
    submissions = [job for job in jobs if isinstance(job, Submission)]
    with ExitStack() as stack:
        executor.begin(lesson, len(submissions))
        opened = entered(stack, judge.opened(root, lesson, solution), root)
        stack.enter_context(executor.open(opened))
        gc.freeze()
        gc.enable()
        for job in jobs:
            if isinstance(job, Refusal):
                yield grade(judge, root, job)
        yield from _Lesson(judge, executor, root).grade(submissions)


@dataclass
class _Case:
    """A submission under way.

    Attributes:
        plan: what is to be done with it; None where that could not be said.
        answers: what came of its tasks, by their names.
        error: why it cannot be graded.
    """

    submission: Submission
    plan: Plan | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing of it is under way."""
        return self.plan is None or self.answers.keys() == self.plan.tasks.keys()


class _Sent(NamedTuple):
    """A task under way."""

    case: _Case
    name: str
    again: bool = False


class _Lesson:
    """Has the submissions of a lesson planned and judged, and enters what came of them."""

    def __init__(self, judge: Judge, executor: Executor, root: Path):
        self._judge, self._executor, self._root = judge, executor, root
        self._sent: dict[int, _Sent] = {}
        self._numbers = count()

    def grade(self, submissions: Sequence[Submission]) -> Iterator[Graded]:
        """What comes of each, in the order in which they are done."""
        waiting = deque(submissions)
        while waiting or self._sent:
            while waiting and self._executor.has_room:
                case = self._begin(waiting.popleft())
                if case.whole:
                    yield self._end(case)
            for number, answer in self._executor.answers() if self._sent else ():
                case = self._take(number, answer)
                if case.whole:
                    yield self._end(case)

    def _begin(self, submission: Submission) -> _Case:
        try:
            case = _Case(submission, self._judge.plan(submission, self._root))
        except Exception as error:  # told where it is entered, as that of one submission
            return _Case(submission, error=error)
        for name in case.plan.tasks:
            self._send(next(self._numbers), _Sent(case, name))
        return case

    def _send(self, number: int, sent: _Sent) -> None:
        self._sent[number] = sent
        self._executor.send(number, sent.case.plan.tasks[sent.name], sent.again)

    def _take(self, number: int, answer: Any) -> _Case:
        """Take an answer in; a task that was lost, or that could not be judged, is judged once more, by itself."""
        sent = self._sent.pop(number)
        if isinstance(answer, LostError | GradingError) and not sent.again:
            self._send(number, sent._replace(again=True))
            return sent.case
        if isinstance(answer, LostError):
            answer = CrashedError(str(answer))
        if isinstance(answer, Exception) and not isinstance(answer, UnreadableError):
            sent.case.error = answer
        sent.case.answers[sent.name] = answer
        return sent.case

    def _end(self, case: _Case) -> Graded:
        return grade(self._judge, self._root, case.submission, case)


def grade(judge: Judge, root: Path, job: Job, case: _Case | None = None) -> Graded:
    """Enter what came of a job, whatever is wrong with it.

    Raises:
        FolderError: it cannot be written down.
    """
    try:
        return _graded(judge, root, job, case)
    except Exception as error:
        if told := fault(error):
            logging.getLogger().exception("%s could not be written down", job)
            raise FolderError(f"{root} cannot be written ({told})") from None
        raise


def _graded(judge: Judge, root: Path, job: Job, case: _Case | None) -> Graded:
    if isinstance(job, Refusal):
        return _refuse(judge, root, job, job.reason)
    try:
        if case.error is not None:
            raise case.error
        return judge.enter(case.plan, case.answers, root)
    except UnreadableError as error:
        reason = error.told
    except CrashedError as error:
        return _refuse(judge, root, job, str(error), Status.CRASHED)
    except GradingError as error:
        reason = f"{judge.name} could not grade it: {error}"
    except Exception as error:  # whatever is wrong with one submission, the others go on
        if fault(error):
            raise
        logging.getLogger().exception("%s could not be graded", job)
        reason = f"could not be graded ({type(error).__name__}: {error}); {LOG} has the details"
    return _refuse(judge, root, job, reason)


def _refuse(judge: Judge, root: Path, job: Job, reason: Words, status: Status = Status.UNREADABLE) -> Graded:
    return Graded(job, judge.refuse(job.student, job.lesson, reason, root, status), str(reason))
