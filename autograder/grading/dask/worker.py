"""What runs in a worker of a Dask cluster: it hands notebooks to a process of its own that judges.

The process that judges is not the worker's: that one has threads, and what it loads is nobody's business here.
"""

import queue
from contextlib import suppress
from typing import Any

from distributed import Worker, WorkerPlugin, get_client, get_worker

from autograder.course.lessons import find_lesson
from autograder.grading.executor import LostError
from autograder.grading.judge_process import JudgeProcess
from autograder.grading.sandbox_judge import ISOLATION
from autograder.judging.messages import Assignment, pack
from autograder.results.fingerprint import hash_checks, hash_environment, versions

MOST_STARTS = 2  # of the judging of a notebook; what has ended it twice is to blame


def fingerprint(assignment: bytes) -> dict[str, Any]:
    """What verdicts depend on here: equal on two machines where they would be the same."""
    found = Assignment.unpacked(assignment)
    return {
        "checks": hash_checks(find_lesson(found.lesson)),
        "environment": hash_environment(ISOLATION, found.limits, found.key),
        "versions": versions(),
    }


class JudgingPlugin(WorkerPlugin):
    """Keeps a worker's processes that judge a lesson's notebooks: one, and more only while several threads ask at once.

    Args:
        name: of the run and its lesson.
        assignment: what is judged, packed.
        expected: the fingerprint of the machine that asks.
    """

    def __init__(self, name: str, assignment: bytes, expected: dict[str, Any]):
        self.name, self._assignment, self._expected = name, assignment, expected

    def setup(self, worker: Worker) -> None:
        """Start the first of them; a worker that is not like the machine that asks gets none."""
        self._idle: queue.SimpleQueue[JudgeProcess] = queue.SimpleQueue()
        self._started: list[JudgeProcess] = []
        self._alike = fingerprint(self._assignment) == self._expected
        if self._alike:
            self._idle.put(self._start())

    def teardown(self, worker: Worker) -> None:
        """End all of them."""
        for judging in self._started:
            judging.close()

    def judge(self, todo: bytes) -> bytes:
        """What a process answers; {"unlike": True} where its answer would not be that of the others."""
        if not self._alike:
            return pack({"unlike": True})
        judging = self._free()
        try:
            return judging.judge(todo)
        except LostError as lost:
            return pack({"lost": str(lost)})
        finally:
            if judging.open:
                self._idle.put(judging)

    def _free(self) -> JudgeProcess:
        """One that is idle and has not ended meanwhile, or a new one."""
        with suppress(queue.Empty):
            while True:
                if (judging := self._idle.get_nowait()).open:
                    return judging
        return self._start()

    def _start(self) -> JudgeProcess:
        self._started = [judging for judging in self._started if judging.open]
        self._started.append(JudgeProcess(self._assignment))
        return self._started[-1]


def judge(plugin: str, number: int, todo: bytes) -> bytes:
    """The task: judge a notebook here, unless that has ended so many workers or processes before."""
    if _starts(plugin, number) > MOST_STARTS:
        return pack({"crashed": f"it ended the process that judges, {MOST_STARTS} times on different workers"})
    found: Any = get_worker().plugins[plugin]
    answer: bytes = found.judge(todo)
    return answer


def _starts(plugin: str, number: int) -> int:
    """How often this notebook has been begun, this time included; the scheduler keeps count, so it survives workers."""
    client, key = get_client(), [plugin, str(number)]
    count = client.get_metadata(key, 0) + 1
    client.set_metadata(key, count)
    return count
