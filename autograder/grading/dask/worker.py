"""What runs in a worker of a Dask cluster: it hands notebooks to an engine process of its own.

The engine process is not the worker's: that one has threads, and what it loads is nobody's business here.
"""

import queue
from contextlib import suppress
from typing import Any

from distributed import Worker, WorkerPlugin, get_client, get_worker

from autograder.course.lessons import find_lesson
from autograder.grading.judge_process import EngineLost, EngineProcess
from autograder.grading.sandbox_engine import ISOLATION
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
    """Keeps a worker's engine processes for one lesson: one, and more only while several threads ask at once.

    Args:
        name: of the run and its lesson.
        assignment: what is judged, packed.
        expected: the fingerprint of the machine that asks.
    """

    def __init__(self, name: str, assignment: bytes, expected: dict[str, Any]):
        self.name, self._assignment, self._expected = name, assignment, expected

    def setup(self, worker: Worker) -> None:
        """Start the first engine; a worker that is not like the machine that asks gets none."""
        self._idle: queue.SimpleQueue[EngineProcess] = queue.SimpleQueue()
        self._started: list[EngineProcess] = []
        self._alike = fingerprint(self._assignment) == self._expected
        if self._alike:
            self._idle.put(self._start())

    def teardown(self, worker: Worker) -> None:
        """End all engines."""
        for engine in self._started:
            engine.close()

    def judge(self, todo: bytes) -> bytes:
        """What an engine answers; {"unlike": True} where its answer would not be that of the others."""
        if not self._alike:
            return pack({"unlike": True})
        engine = self._engine()
        try:
            return engine.judge(todo)
        except EngineLost as lost:
            return pack({"lost": str(lost)})
        finally:
            if engine.open:
                self._idle.put(engine)

    def _engine(self) -> EngineProcess:
        """One that is idle and has not ended meanwhile, or a new one."""
        with suppress(queue.Empty):
            while True:
                if (engine := self._idle.get_nowait()).open:
                    return engine
        return self._start()

    def _start(self) -> EngineProcess:
        self._started = [engine for engine in self._started if engine.open]
        self._started.append(EngineProcess(self._assignment))
        return self._started[-1]


def judge(plugin: str, number: int, todo: bytes) -> bytes:
    """The task: judge a notebook here, unless that has ended so many workers or engines before."""
    if _starts(plugin, number) > MOST_STARTS:
        return pack({"crashed": f"it ended the process that judges, {MOST_STARTS} times on different workers"})
    return get_worker().plugins[plugin].judge(todo)


def _starts(plugin: str, number: int) -> int:
    """How often this notebook has been begun, this time included; the scheduler keeps count, so it survives workers."""
    client, key = get_client(), [plugin, str(number)]
    count = client.get_metadata(key, 0) + 1
    client.set_metadata(key, count)
    return count
