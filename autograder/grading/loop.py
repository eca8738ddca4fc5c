"""The loop of a run, in the process that enters: plan, send, judge once more what was lost, enter."""

import gc
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from autograder.errors import GradingError
from autograder.grading.executor import Executor, LostError
from autograder.grading.judge import LOG, CrashedError, Graded, Job, Judge, Plan
from autograder.grading.local_pool import entered
from autograder.notebooks.reading import UnreadableError
from autograder.results.disk_errors import FolderError, fault
from autograder.status import Status
from autograder.submissions.find import Refusal, Submission
from lessons.toolkit.text import Words


def grade_lesson(
    judge: Judge, executor: Executor, root: Path, lesson: str, solution: Path, jobs: Sequence[Job]
) -> Iterator[Graded]:
    """Grade a lesson's submissions, and enter what was refused; in the order in which they are done.

    Raises:
        GradingError: nothing can be graded, or no more.
    """
    submissions = [job for job in jobs if isinstance(job, Submission)]
    with ExitStack() as stack:
        executor.begin(lesson, len(submissions))
        opened = entered(stack, judge.opened(root, lesson, solution), root)
        stack.enter_context(executor.open(opened))
        gc.freeze()
        gc.enable()
        for job in jobs:
            if isinstance(job, Refusal):
                yield _entered(root, job, partial(_refuse, judge, root, job, job.reason))
        yield from _Lesson(judge, executor, root).grade(submissions)


@dataclass
class _Case:
    """A submission under way.

    Attributes:
        plan: what is to be done with it.
        answers: what came of its tasks, by their names.
        error: why it cannot be graded.
    """

    plan: Plan
    answers: dict[str, Any] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def whole(self) -> bool:
        """Whether nothing of it is under way."""
        return self.answers.keys() == self.plan.tasks.keys()


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
                yield from self._begin(waiting.popleft())
            for number, answer in self._executor.answers() if self._sent else ():
                yield from self._take(number, answer)

    def _begin(self, submission: Submission) -> Iterator[Graded]:
        """Plan what is to be done, and send it; what has come of the submission if that is nothing."""
        try:
            case = _Case(self._judge.plan(submission, self._root))
        except Exception as error:  # what is wrong with one submission is no other's business
            yield self._enter(submission, partial(_raise, error))
            return
        for name in case.plan.tasks:
            self._send(next(self._numbers), _Sent(case, name))
        if case.whole:
            yield self._end(case)

    def _send(self, number: int, sent: _Sent) -> None:
        self._sent[number] = sent
        self._executor.send(number, sent.case.plan.tasks[sent.name], sent.again)

    def _take(self, number: int, answer: Any) -> Iterator[Graded]:
        """Take an answer in; a task that was lost, or that could not be judged, is judged once more, by itself."""
        sent = self._sent.pop(number)
        if isinstance(answer, LostError | GradingError) and not sent.again:
            self._send(number, sent._replace(again=True))
            return
        if isinstance(answer, LostError):
            answer = CrashedError(str(answer))
        if isinstance(answer, Exception) and not isinstance(answer, UnreadableError):
            sent.case.error = answer
        sent.case.answers[sent.name] = answer
        if sent.case.whole:
            yield self._end(sent.case)

    def _end(self, case: _Case) -> Graded:
        if case.error is not None:
            return self._enter(case.plan.submission, partial(_raise, case.error))
        return self._enter(case.plan.submission, partial(self._judge.enter, case.plan, case.answers, self._root))

    def _enter(self, submission: Submission, enter: Callable[[], Graded]) -> Graded:
        return _entered(self._root, submission, partial(_graded, self._judge, self._root, submission, enter))


def _raise(error: Exception) -> Graded:
    raise error


def _entered(root: Path, job: Job, enter: Callable[[], Graded]) -> Graded:
    """Enter what came of a job.

    Raises:
        FolderError: it cannot be written down.
    """
    try:
        return enter()
    except Exception as error:
        if told := fault(error):
            logging.getLogger().exception("%s could not be written down", job)
            raise FolderError(f"{root} cannot be written ({told})") from None
        raise


def _graded(judge: Judge, root: Path, submission: Submission, enter: Callable[[], Graded]) -> Graded:
    """What came of a submission, whatever is wrong with it."""
    reason: Words
    try:
        return enter()
    except UnreadableError as error:
        reason = error.told
    except CrashedError as error:
        return _refuse(judge, root, submission, str(error), Status.CRASHED)
    except GradingError as error:
        reason = f"{judge.name} could not grade it: {error}"
    except Exception as error:  # whatever is wrong with one submission, the others go on
        if fault(error):
            raise
        logging.getLogger().exception("%s could not be graded", submission)
        reason = f"could not be graded ({type(error).__name__}: {error}); {LOG} has the details"
    return _refuse(judge, root, submission, reason)


def _refuse(judge: Judge, root: Path, job: Job, reason: Words, status: Status = Status.UNREADABLE) -> Graded:
    return Graded(job, judge.refuse(job.student, job.lesson, reason, root, status), str(reason))
