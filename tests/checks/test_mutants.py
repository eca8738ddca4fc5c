"""Slips in reference solutions: that the tool makes them, bounds them and tells what came of them; and a sample."""

import json
import os
import random
import resource
import subprocess
import sys
from pathlib import Path

import mutations
import pytest
import records
from mutations import Mutant, mutants_of, mutants_of_course
from records import Record, read_records, record_of, split
from search import difference_found
from table import left_over, table
from trying import Told, Tried

from autograder.course.lessons import find_lesson
from autograder.course.source import read_lesson

LESSON = find_lesson("03_attention")
TOOL = Path(mutations.__file__).with_name("run.py")
SAMPLE, SECONDS = 100, 60


def cell(exercise: str) -> str:
    return read_lesson(LESSON.source).exercises[exercise].source


def mutant(code: str, exercise: str = "look_back") -> Mutant:
    return Mutant(LESSON, exercise, code, code)


def run(*options: object, seconds: float = 300) -> subprocess.CompletedProcess:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, TOOL, *map(str, options)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=seconds)


LOOK_BACK = """
def look_back(scores, states):
    {first}
    weights = scores.softmax(0)
    return weights, weights @ states
"""
TRIED = """
import json, sys
sys.path.insert(0, sys.argv[1])
import trying
from mutations import Mutant
from autograder.course.lessons import find_lesson
trying.CPU_SECONDS, trying.MEGABYTES = 3, 300
codes = json.loads(sys.stdin.read())
mutants = [Mutant(find_lesson("03_attention"), "look_back", code, code) for code in codes]
for tried in trying.try_all(mutants, 2, 1):
    print(json.dumps([tried.mutant.code, [(one.status, one.passed) for one in tried.told]]))
"""


@pytest.mark.slow
def test_a_mutant_is_stopped_whatever_it_does_and_one_that_does_what_the_solution_does_passes():
    first = {
        "right": "pass",
        "wrong": "scores = -scores",
        "endless": "while True: pass",
        "asleep in C": "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)\n    while True: pass",
        "memory": "kept = [bytes(1 << 20) for _ in range(1 << 16)]",
        "tensors": "kept = __import__('torch').ones(1 << 34)",
        "gone": "__import__('os')._exit(0)",
        "crashed": "__import__('os').abort()",
        "loud": "print('x' * (1 << 20))",
    }
    codes = {LOOK_BACK.format(first=line): name for name, line in first.items()}
    command = [sys.executable, "-c", TRIED, str(TOOL.parent)]
    done = subprocess.run(command, input=json.dumps(list(codes)), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    found = {codes[code]: told for code, told in map(json.loads, done.stdout.splitlines())}
    assert set(found) == set(first)
    passed = {name for name, told in found.items() if len(told) == 2 and all(ok for _, ok in told)}
    assert passed == {"right", "loud"}
    assert found["endless"] == [["timeout", False]]
    assert found["asleep in C"] == [["timeout", False]]
    assert found["crashed"] == [["crashed", False]]
    assert found["gone"] == [["crashed", False]]
    assert found["wrong"] == [["failed", False], ["failed", False]]
    assert [ok for _, ok in found["memory"] + found["tensors"]] == [False] * 4


def test_every_kind_of_slip_is_made():
    names = {one.name for one in mutants_of(LESSON, "look_back", cell("look_back"))}
    assert "return (weights, weights @ states) → return (weights, weights * states)" in names
    assert "return (weights, weights @ states) → return (weights @ states, weights)" in names
    assert "return (weights, weights @ states) → return (weights, states @ weights)" in names
    assert "return (weights, weights @ states) → return (scores, weights @ states)" in names
    assert "return (weights, weights @ states) → return None" in names
    assert "weights = scores.softmax(0) → weights = scores.softmax(1)" in names
    assert "weights = scores.softmax(0) → weights = scores.softmax()" in names
    assert "weights = scores.softmax(0) → weights = scores.log_softmax(0)" in names
    assert "weights = scores.softmax(0) → weights = scores" in names
    assert "weights = scores.softmax(0) → (nothing)" in names
    loops = {one.name for one in mutants_of(LESSON, "each_step", cell("each_step"))}
    assert "for decoder_state in decoder_states: → for decoder_state in list(decoder_states)[1:]:" in loops
    assert "(nothing) → break" in loops
    assert (
        "weights.append(looked); contexts.append(context) → contexts.append(context); weights.append(looked)" in loops
    )


def test_only_the_solution_is_changed_and_no_mutant_comes_twice():
    found = mutants_of(LESSON, "masked_softmax", cell("masked_softmax"))
    assert len({one.name for one in found}) == len({one.code for one in found}) == len(found) > 20
    assert all(one.code.startswith("def masked_softmax(scores: Tensor, mask: Tensor)") for one in found)
    assert not [one for one in found if "masked_fill(~mask, 0.0)" in one.code], "the stub is no solution"


def told(*passed: bool) -> tuple[Told, ...]:
    return tuple(Told("passed") if one else Told("failed", "weights", "differs", "generic") for one in passed)


@pytest.mark.parametrize(
    ("passed", "outcome"),
    [
        ((False, False, False), "recorded"),
        ((False,), "recorded"),
        ((True, False, False), "fresh"),
        ((True, False), "fresh"),
        ((False, True, False), "one draw"),
        ((False, True, True), "one draw"),
        ((True, True, False), "some draws"),
        ((True, True, True), "survived"),
    ],
)
def test_what_came_of_a_mutant_in_a_word(passed, outcome):
    assert Record("03_attention", "look_back", "a → b", "1", "2", told(*passed)).outcome == outcome


def test_a_run_goes_on_where_it_ended_and_tries_anew_what_has_changed(tmp_path):
    mutants = [mutant("a = 1"), mutant("b = 2")]
    kept = record_of(Tried(mutants[0], list(told(True, True))))
    (tmp_path / "kept").write_text(kept.line() + kept.line()[:20])
    known, waiting = split(mutants, read_records(tmp_path / "kept"))
    assert (known, waiting) == ([kept], mutants[1:])
    stale = Record(kept.lesson, kept.exercise, kept.name, kept.digest, "another check", kept.told)
    assert split(mutants, [stale]) == ([], mutants)


def test_what_passes_is_listed_unless_it_is_equivalent_and_so_is_what_is_stopped_though_equivalent(monkeypatch):
    monkeypatch.setattr(records, "equivalent", lambda: {"look_back": {"a → b": "why", "c → d": "why"}})
    found = [
        Record("03_attention", "look_back", name, name, "", told(*passed))
        for name, passed in [("a → b", (True, True)), ("c → d", (False, False)), ("e → f", (True, True))]
    ]
    assert left_over(found) == ["survived: look_back: e → f", "not equivalent: look_back: c → d"]
    assert "| look_back | 3 | 1 | 0 | 0 | 0 | 2 | 2 | 0 | 0 | 0 | 0 | 1 |" in table(found)


@pytest.mark.slow
def test_of_a_hundred_mutants_none_passes_that_should_not(tmp_path):
    options = ("--sample", SAMPLE, "--seed", 20150519, "--out", tmp_path, "--jobs", 2)
    before = processor_seconds()
    done = run(*options, seconds=1800)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list(read_records(tmp_path / "mutants.jsonl"))) == SAMPLE
    assert processor_seconds() - before < 2 * SECONDS, "more than a minute on two cores"
    assert run(*options, seconds=1800).stdout == done.stdout, "a second run goes on where the first ended"


def processor_seconds() -> float:
    """Of all processes that were started here and have ended; a busy machine changes little of it."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def drawn_equivalent(count: int, seed: int) -> list[Mutant]:
    names = [(exercise, name) for exercise, entries in records.equivalent().items() for name in entries]
    drawn = random.Random(seed).sample(names, count)
    mutants = mutants_of_course(exercises=[exercise for exercise, _ in drawn])
    return [one for one in mutants if (one.exercise, one.name) in drawn]


SHORT_ROWS = """
def masked_softmax(scores, mask):
    weights = scores.masked_fill(~mask, -torch.inf).softmax(1)
    return weights * (mask.sum(1, keepdim=True) > 1)
"""


def test_a_search_over_inputs_finds_what_no_draw_of_a_check_shows():
    assert difference_found(mutant(SHORT_ROWS, "masked_softmax"), draws=3)


@pytest.mark.slow
def test_twenty_equivalent_mutants_drawn_by_a_seed_stand_a_search_over_inputs():
    drawn = drawn_equivalent(20, seed=20150519)
    assert len(drawn) == 20
    assert not {one.name: found for one in drawn if (found := difference_found(one))}
