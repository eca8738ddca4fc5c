"""The executor that is a Dask cluster: notebooks go out as bytes, and what came of them comes back so."""

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from distributed import Client, Future, KilledWorker, TimeoutError, wait

from autograder.errors import GradingError
from autograder.grading.dask import worker
from autograder.grading.executor import LostError
from autograder.grading.judge import CrashedError
from autograder.grading.sandbox_judge import require_recorded
from autograder.judging.judged import Judged, ToJudge
from autograder.judging.messages import Assignment, unpack
from autograder.notebooks.reading import UnreadableError
from lessons.toolkit.text import from_data

CONNECTING_SECONDS = 20.0
WORKERS_SECONDS = 120.0  # for the first worker to come, as on a batch system
LOOKING_SECONDS = 10.0  # between two looks at whether there still are workers
MOST_SENDS = 5  # of a notebook, where workers are lost before they have begun with it
PATIENCE = 60  # such looks without a worker, before a run is given up
AT_HAND = 2  # notebooks for each thread of the workers: one that it judges, one that it takes next


@dataclass
class _Task:
    """A notebook under way: where it was judged in vain, how often it was begun, and how often sent."""

    number: int
    todo: bytes
    seen: set[str] = field(default_factory=set)
    starts: int = 0
    sends: int = 0


class Cluster:
    """Use it in a `with` statement.

    Args:
        address: of the scheduler, such as tcp://10.0.0.1:8786.
    """

    def __init__(self, address: str):
        self._address = address
        self._under_way: dict[Future, _Task] = {}
        self._tasks: dict[int, _Task] = {}

    def __enter__(self) -> "Cluster":
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left of it: each lesson has a connection of its own."""

    def begin(self, lesson: str, most: int) -> None:
        """See that the lesson's recorded cases fit its checks."""
        require_recorded(lesson)

    @contextmanager
    def open(self, opened: Assignment) -> Iterator[None]:
        """Judge notebooks of the lesson inside this.

        Raises:
            GradingError: there is no such cluster, or its workers are not like this machine.
        """
        self._assignment = opened.packed()
        self._name = f"autograder-{opened.lesson}-{uuid.uuid4().hex[:8]}"
        try:
            self._client = Client(self._address, timeout=CONNECTING_SECONDS)
        except (OSError, TimeoutError, ValueError) as error:
            told = f"no scheduler of Dask's answers there ({type(error).__name__})"
            raise GradingError(f"--scheduler {self._address}: {told}; CLUSTER.md says how to start one") from error
        try:
            self._wait_for_workers()
            self._send_plugin()
            yield
        finally:
            with suppress(Exception):  # the cluster may be gone, and all is said
                self._client.cancel(list(self._under_way), force=True)
                self._client.unregister_worker_plugin(self._name)
            self._client.close()
            self._under_way, self._tasks = {}, {}

    @property
    def has_room(self) -> bool:
        """Whether more notebooks should be sent, so that no worker waits for one."""
        with self._connected():
            threads = sum(one["nthreads"] for one in self._workers().values())
        return len(self._under_way) < AT_HAND * max(threads, 1)

    def send(self, number: int, task: ToJudge, again: bool = False) -> None:
        """Have a notebook judged; `again`, where it has not been judged in vain."""
        if not again:
            self._tasks[number] = _Task(number, task.packed())
        with self._connected():
            self._submit(self._tasks[number])

    def answers(self) -> list[tuple[int, Any]]:
        """Wait until something has come, by its number.

        Raises:
            GradingError: the cluster is gone, has had no worker for long, or one that is not like this machine.
        """
        found: list[tuple[int, Any]] = []
        while not found:
            with self._connected():
                for future in self._done():
                    task = self._under_way.pop(future)
                    answer = self._answer(future, task)
                    found += [(task.number, answer)] if answer is not None else []
        return found

    @contextmanager
    def _connected(self) -> Iterator[None]:
        """What fails inside since the cluster is gone is told in words."""
        try:
            yield
        except (CancelledError, OSError) as error:
            raise GradingError(f"{self._address}: the scheduler is gone ({type(error).__name__})") from error

    def _wait_for_workers(self) -> None:
        try:
            self._client.wait_for_workers(1, timeout=WORKERS_SECONDS)
        except TimeoutError as error:
            told = f"the cluster has no worker, {WORKERS_SECONDS:g} s after it was asked"
            raise GradingError(f"--scheduler {self._address}: {told}; start some (CLUSTER.md)") from error

    def _send_plugin(self) -> None:
        """To all workers, and to those that come later; first see that they are like this machine."""
        expected = worker.fingerprint(self._assignment)
        found = self._client.run(worker.fingerprint, self._assignment, on_error="return")
        unlike = [f"{address} {why}" for address, had in found.items() if (why := _difference(expected, had))]
        if unlike:
            raise GradingError(f"{'; '.join(unlike[:3])}; install there what is installed here, then grade again")
        self._client.register_plugin(worker.JudgingPlugin(self._name, self._assignment, expected), self._name)

    def _workers(self) -> Mapping[str, Any]:
        found = self._client.scheduler_info(n_workers=-1)
        if "workers" not in found:
            raise ConnectionError("the scheduler does not answer")
        return found["workers"]

    def _submit(self, task: _Task) -> None:
        task.sends += 1
        others = sorted(set(self._workers()) - task.seen)
        place = {"workers": others, "allow_other_workers": True} if task.seen and others else {}
        key = f"{self._name}-{task.number}-{task.sends}"
        future = self._client.submit(
            worker.judge, self._name, task.number, task.todo, key=key, pure=False, retries=0, **place
        )
        self._under_way[future] = task

    def _done(self) -> list[Future]:
        looks = 0
        while looks < PATIENCE:
            try:
                return list(wait(list(self._under_way), LOOKING_SECONDS, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                looks = 0 if self._workers() else looks + 1
        raise GradingError(
            f"{self._address}: the cluster has had no worker for {PATIENCE * LOOKING_SECONDS / 60:g} min"
        )

    def _answer(self, future: Future, task: _Task) -> Any:
        """What came of a task; None where it was lost before anyone began with it, and is sent again."""
        place = next(iter(self._client.who_has([future]).get(future.key, ())), self._address)
        said = self._said(future)
        if "unfit" in said or "unlike" in said:
            told = said.get("unfit") or "another version of the course or of its packages is installed there"
            raise GradingError(f"{place}: {told}; mend that, then grade again")
        if "lost" in said or "failed" in said:
            task.seen.add(place)
        if "lost" in said and not self._was_begun(task) and task.sends < MOST_SENDS:
            self._submit(task)
            return None
        return answer_of(said)

    def _was_begun(self, task: _Task) -> bool:
        """Whether a worker has begun with it since this was asked before."""
        before, task.starts = task.starts, self._client.get_metadata([self._name, str(task.number)], 0)
        return task.starts > before

    def _said(self, future: Future) -> Mapping[str, Any]:
        """What a worker has answered."""
        error = future.exception()
        if isinstance(error, KilledWorker):
            return {"lost": "its worker was lost"}
        if error is not None:
            raise GradingError(f"{self._address}: a worker could not judge ({type(error).__name__}: {error})")
        return unpack(future.result())


def answer_of(said: Mapping[str, Any]) -> Any:
    """What a worker has said, as what judging gives or raises."""
    match said:
        case {"judged": bytes(data)}:
            return Judged.unpacked(data)
        case {"unreadable": reason}:
            return UnreadableError(from_data(reason))
        case {"crashed": str(reason)}:
            return CrashedError(reason)
        case {"failed": str(reason)}:
            return GradingError(reason)
        case {"lost": str(reason)}:
            return LostError(reason)
    return GradingError("a worker gave an answer of another kind")


def _difference(expected: Mapping[str, Any], had: Any) -> str:
    """How a worker's fingerprint differs, in words; "" where it does not."""
    if isinstance(had, BaseException):
        return f"cannot run this course ({type(had).__name__}: {had})"
    if differing := sorted(set(had["versions"]) - set(expected["versions"])):
        return f"has {', '.join(differing)}, where this machine has other versions"
    if had["checks"] != expected["checks"]:
        return "has another version of the course, its checks or its grader"
    return "" if had == expected else "grades in another environment"
