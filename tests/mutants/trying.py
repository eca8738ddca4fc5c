"""Runs mutants through their checks: a fork for each, bounded in time and memory, several at the same time.

A slip can make a loop endless or fill the memory, and it means no harm: no sandbox is needed, an end is.
"""

import json
import os
import random
import resource
import select
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import torch
from mutations import Mutant

from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.registry import find_check
from autograder.course.lessons import Lesson
from autograder.course.source import read_lesson
from autograder.judging.fresh_cases import fresh_values, key_of
from autograder.subjects.cells import run_cell, run_cells
from autograder.subjects.drawing import load_figures_when_used
from autograder.subjects.subject import LocalSubject
from autograder.verdict import Verdict

SECRETS = 3  # draws
MEGABYTES = 1024  # that a mutant may take beside what its process has
CPU_SECONDS = 6
WALL_SECONDS = 90  # a busy machine, or a mutant that sleeps


@dataclass(frozen=True)
class Told:
    """What a check said of a mutant on one case.

    Attributes:
        status: of the verdict.
        stage, cause: where it failed, and for which cause.
        kind: what it tells: "named", a cause of the check's own or what is known of an error; "explained", what the
            machine has found; "kind", that the value is of another kind or shape; "error", Python's error alone;
            "generic", that it differs.
        text: the verdict in words.
    """

    status: str
    stage: str = ""
    cause: str = ""
    kind: str = ""
    text: str = ""

    @property
    def passed(self) -> bool:
        """Whether the check let it through."""
        return self.status == "passed"


class Tried(NamedTuple):
    """A mutant, and what was said of it on the recorded case and on each draw."""

    mutant: Mutant
    told: list[Told]


@dataclass
class _Running:
    mutant: Mutant
    cases: int
    process: int
    pipe: int
    since: float
    data: bytes = b""


def try_all(mutants: Iterable[Mutant], jobs: int, secrets: int = SECRETS) -> Iterator[Tried]:
    """Run mutants, `jobs` at the same time; each comes out when it is through."""
    torch.set_num_threads(1)  # before the first fork
    waiting, running = iter(mutants), {}
    while True:
        while len(running) < jobs and (mutant := next(waiting, None)) is not None:
            one = _start(mutant, secrets)
            running[one.pipe] = one
        if not running:
            return
        for pipe in select.select(list(running), [], [], 0.5)[0]:
            if chunk := os.read(pipe, 1 << 16):
                running[pipe].data += chunk
            else:
                yield _ended(running.pop(pipe))
        for one in list(running.values()):
            if time.monotonic() - one.since > WALL_SECONDS:
                os.kill(one.process, signal.SIGKILL)  # its pipe ends with it


def _start(mutant: Mutant, secrets: int) -> _Running:
    cases = cases_of(mutant.lesson, mutant.exercise, secrets)
    namespace = _setup(mutant.lesson)
    sys.stdout.flush()
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        try:
            _run(mutant, dict(namespace), cases, writing)
        finally:
            os._exit(0)
    os.close(writing)
    return _Running(mutant, len(cases), process, reading, time.monotonic())


def _ended(one: _Running) -> Tried:
    """What a process has told; a case that it ended in is one that the mutant has not passed."""
    os.close(one.pipe)
    _, status = os.waitpid(one.process, 0)
    told = [Told(**json.loads(line)) for line in one.data.decode(errors="replace").split("\n") if line.endswith("}")]
    if len(told) < one.cases and all(case.passed for case in told):
        slow = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        told.append(Told("timeout" if slow else "crashed", kind="named", cause="lost" if slow else "ended"))
    return Tried(one.mutant, told)


def _run(mutant: Mutant, namespace: dict[str, Any], cases: list[list[bytes]], writing: int) -> None:
    """In the fork: define what the mutant defines and run its check on one case after another."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    _bound()
    with os.fdopen(writing, "w") as pipe:
        try:
            run_cell(mutant.code, "<cell 1>", namespace)
            answer = namespace[find_check(mutant.exercise).defines]
        except Exception as error:
            pipe.write(json.dumps({"status": "error", "cause": f"undefined: {error}", "kind": "named"}) + "\n")
            return
        for values in cases:
            pipe.write(json.dumps(vars(_told(mutant.exercise, answer, values))) + "\n")
            pipe.flush()


def _bound() -> None:
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[0])
    most = pages * resource.getpagesize() + (MEGABYTES << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _told(exercise: str, answer: Any, values: list[bytes]) -> Told:
    torch.manual_seed(1)
    random.seed(1)
    try:
        verdict = find_check(exercise).run(Trial(LocalSubject(answer), RecordedCase(values)))
    except MemoryError:
        return Told("crashed", cause="ended", kind="named")
    except StopIteration:  # it asked for a value that the reference's way through the check has not made
        return Told("failed", cause="unrecorded", kind="generic")
    return Told(
        str(verdict.status), verdict.name, verdict.cause, "" if verdict.passed else kind_of(verdict), verdict.text()
    )


def kind_of(verdict: Verdict) -> str:
    """How much a verdict says, see `Told`."""
    if verdict.cause in find_check(verdict.exercise).causes or (verdict.raised and verdict.raised.advice):
        return "named"
    if verdict.raised is not None:
        return "error"
    if getattr(verdict, "evidence", None):
        return "explained"
    return "kind" if verdict.cause.startswith(("wrong-", "returned-", "changed-", "gradient-")) else "generic"


@cache
def cases_of(lesson: Lesson, exercise: str, secrets: int) -> list[list[bytes]]:
    """The recorded case of an exercise, and fresh ones as grading draws them."""
    load_figures_when_used()
    draws = [fresh_values(lesson, find_check(exercise), key_of(None, seed)) for seed in range(secrets)]
    return [recorded_values(exercise), *draws]


@cache
def _setup(lesson: Lesson) -> dict[str, Any]:
    """What the setup cells of a lesson define, run once for all mutants."""
    load_figures_when_used()
    namespace: dict[str, Any] = {"__name__": "__main__"}
    run_cells([cell.source for cell in read_lesson(lesson.source).setup_cells], namespace)
    return namespace
