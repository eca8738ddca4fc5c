"""Grading with a Dask cluster: the verdicts known beforehand, whatever is lost on the way."""

import contextlib
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace

import class_cases
import grading_cases as cases
import pytest
from dask_cluster import Cluster

from autograder.errors import GradingError
from autograder.grading import judge_process, run
from autograder.grading.dask import cluster
from autograder.grading.dask.cluster import _difference, answer_of
from autograder.grading.executor import LostError
from autograder.grading.judge_process import JudgeProcess
from autograder.grading.options import Options
from autograder.judging.messages import Assignment
from autograder.results import journal
from autograder.results.grades import read_grades
from autograder.sandbox.inside.limits import Limits

STUDENTS = int(os.environ.get("LOAD_STUDENTS", 6))

slow = pytest.mark.slow
sandbox = pytest.mark.sandbox


@pytest.fixture
def started(tmp_path, sandbox_or_skip) -> Iterator[Cluster]:
    found = Cluster(tmp_path, workers=2)
    yield found
    found.close()
    assert not judges({group.pid for group in found.groups})


def statuses(root: Path) -> dict[tuple[str, str, str], str]:
    return {(row.student, row.lesson, row.exercise): row.status for row in read_grades(root / run.GRADES)}


def wait_for(condition, seconds: float = 600) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def judged(root: Path) -> int:
    return len(list((root / "autograded").glob("*/*/*.ipynb")))


@slow
@sandbox
def test_a_worker_that_is_killed_half_way_costs_no_verdict_and_a_submission_that_kills_gets_one(started, tmp_path):
    out = tmp_path / "grades"
    expected = class_cases.hand_in_class(tmp_path / "class", STUDENTS, [cases.LESSON])
    grading = started.grade(tmp_path / "class", out)
    wait_for(lambda: judged(out) >= STUDENTS // 3)
    started.kill(0)
    code = grading.wait(600 + 2 * STUDENTS)
    assert statuses(out) == expected
    assert code == int("unreadable" in expected.values())
    assert {entry.scoring for name in {name for name, *_ in expected} for entry in history(out, name)} != {""}
    killed_by_each_judging(started, tmp_path)


def history(root: Path, student: str) -> list[journal.Entry]:
    found = journal.history(root, student, cases.LESSON)
    assert len(found) == 1, "graded twice"
    return found


def killed_by_each_judging(started: Cluster, tmp_path: Path) -> None:
    """Whatever judges it is killed, on this worker and the next: it is told, and not tried for ever."""
    cases.hand_in(tmp_path / "class of one", "killer", cases.answered({}))
    ended = threading.Event()
    killer = threading.Thread(target=kill_judges, args=(started, ended))
    killer.start()
    try:
        grading = started.grade(tmp_path / "class of one", tmp_path / "crashed")
        assert grading.wait(300) == 1, (tmp_path / "crashed of the command.log").read_text()
    finally:
        ended.set()
        killer.join()
    rows = read_grades(tmp_path / "crashed" / run.GRADES)
    assert {row.status for row in rows} == {"crashed"}
    assert len(rows) == len(cases.EXERCISES)


def kill_judges(started: Cluster, ended: threading.Event) -> None:
    """Kill every process that judges, as soon as it is there."""
    while not ended.wait(0.02):
        for pid in judges({group.pid for group in started.groups}):
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def judges(sessions: set[int]) -> list[int]:
    """The processes of these sessions that judge."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"judge_process" in (folder / "cmdline").read_bytes() and os.getsid(int(folder.name)) in sessions:
                found.append(int(folder.name))
    return found


def test_without_a_scheduler_there_the_manual_is_named(monkeypatch):
    monkeypatch.setattr(cluster, "CONNECTING_SECONDS", 0.3)
    assignment = SimpleNamespace(lesson=cases.LESSON, packed=lambda: b"")
    told = r"no scheduler of Dask's answers there .*CLUSTER\.md"
    with cluster.Cluster("tcp://127.0.0.1:9") as executor, pytest.raises(GradingError, match=told):
        executor.open(assignment).__enter__()


def test_a_process_that_ends_before_it_is_told_what_to_judge_is_lost(monkeypatch):
    """Whoever asks for its verdicts hears it, not whoever starts it."""
    monkeypatch.setattr(judge_process.sys, "executable", shutil.which("true"))
    monkeypatch.setattr(judge_process, "Connection", Ended)
    judging = JudgeProcess(Assignment(cases.LESSON, Limits(), b"key", "", "").packed())
    with pytest.raises(LostError, match="ended the process that judges"):
        judging.judge(b"")
    assert not judging.open


class Ended(Connection):
    """Sends only once the other end is gone."""

    def send_bytes(self, data: bytes) -> None:
        self.poll(60)
        super().send_bytes(data)


MINE = {"checks": {"a": "1"}, "environment": "2", "versions": ["torch 2", "numpy 1"]}


@pytest.mark.parametrize(
    ("had", "told"),
    [
        (MINE, ""),
        ({**MINE, "versions": ["torch 1", "numpy 1"], "environment": "3"}, "has torch 1, where this"),
        ({**MINE, "checks": {"a": "2"}}, "has another version of the course"),
        ({**MINE, "environment": "3"}, "grades in another environment"),
        (ModuleNotFoundError("No module named 'autograder'"), "cannot run this course .*autograder"),
    ],
)
def test_a_worker_that_differs_is_told_how(had, told):
    assert re.match(told or "$", _difference(MINE, had))


def test_an_answer_of_another_kind_is_an_error_and_no_verdict():
    found = answer_of({"passed": True})
    assert isinstance(found, GradingError)
    assert "another kind" in str(found)


def test_a_scheduler_and_no_sandbox_exclude_each_other():
    with pytest.raises(GradingError, match="leave --isolation none out"):
        Options(Path(), isolation="none", scheduler="tcp://127.0.0.1:8786").judge()
