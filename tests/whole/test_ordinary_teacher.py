"""A class with attackers in it, graded by a user who may make no control groups: verdicts as for root, no harm done."""

import json
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import attack_cases
import grading_cases as cases
import ordinary_user
import pytest

import autograder
from autograder.course.lessons import find_lesson
from autograder.judging.fresh_cases import KEY_FILE
from autograder.results import journal
from autograder.results.grades import ExerciseResult, read_grades

# What meets the machine and not the checks; a sandbox made by another user meets it otherwise.
FAMILIES = ("bomb", "leak", "persist", "sabotage")
ATTACKS = {attack.name: attack for attack in attack_cases.ATTACKS if attack.path.parent.name in FAMILIES}
HONEST = {"solved": (cases.solved(), "passed"), "unsolved": (cases.answered({}), "not_attempted")}
ENDING_SECONDS = 10.0  # within which what was killed is gone, on a busy machine too
MARK = "attack-left-this"

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

GRADE = """
import sys
from pathlib import Path
from autograder.grading.options import Options
from autograder.grading.run import Run
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.sandbox.inside.limits import MIB, Limits

folder, root = map(Path, sys.argv[1:])
limits = Limits(2.5, 25.0, wall_factor=8, memory=400 * MIB, processes=24, files=16 * MIB)
Run(Options(folder, root, workers=2), SandboxJudge(limits=limits, hidden=[folder]), lambda *_: None).grade()
"""
LOOK = """
import json
from autograder import doctor
found = [doctor.look_at_isolation(doctor.this_machine(), doctor.try_sandbox), doctor.look_at_limits()]
print(json.dumps([[one.works, one.text] for one in found]))
"""


@dataclass(frozen=True)
class Class:
    """What came of it, and what the doctor said."""

    rows: dict[str, dict[str, ExerciseResult]]
    root: Path
    limits: str


@pytest.fixture(scope="module")
def teacher() -> Iterator[ordinary_user.OrdinaryUser]:
    with ordinary_user.made() as user:
        yield user


@pytest.fixture(scope="module")
def graded(teacher) -> Class:
    """The attacks as one class, an honest learner between each two families, graded once by the user."""
    looked = teacher.run(teacher.python(), "-c", LOOK)
    assert looked.returncode == 0, looked.stderr
    isolation, limits = json.loads(looked.stdout)
    if not isolation[0]:
        pytest.skip(f"no sandbox for an ordinary user on this machine: {isolation[1]}")
    folder, root = teacher.home / "submitted", teacher.home / "graded"
    hand_in(folder, root)
    teacher.give(teacher.home)  # the environment too, as a teacher has it
    done = teacher.run(teacher.python(), "-c", GRADE, folder, root, timeout=1200)
    assert done.returncode == 0, done.stderr
    rows: dict[str, dict[str, ExerciseResult]] = {}
    for row in read_grades(root / "grades.csv"):
        rows.setdefault(row.student, {})[row.exercise] = row
    return Class(rows, root, limits[1])


def hand_in(folder: Path, root: Path) -> None:
    recorded = next(Path(autograder.__file__).parent.glob("checks/recorded/*/*.msgpack"))
    known = {"gradebook": root / "gradebook.db", "journal": root / journal.FILE, "key": root / KEY_FILE}
    known |= {"solution": find_lesson(cases.LESSON).source, "recorded": recorded}
    known["classmate"] = folder / "leak honest solved" / cases.LESSON / f"{cases.LESSON}.ipynb"
    for attack in ATTACKS.values():
        attack.hand_in(folder, {**{name: str(path) for name, path in known.items()}, "seconds": "10000000"})
    for family in FAMILIES:
        for name, (notebook, _) in HONEST.items():
            cases.hand_in(folder, f"{family} honest {name}", notebook)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_the_verdict_it_states(name, graded):
    found, expected = graded.rows[name], ATTACKS[name].expected
    wrong = {e: (found[e].status, found[e].reason) for e in expected if found[e].status not in expected[e]}
    assert wrong == {}


@pytest.mark.parametrize("name", HONEST)
def test_honest_learners_beside_them_get_what_they_earned(name, graded):
    for family in FAMILIES:
        found = {row.status for row in graded.rows[f"{family} honest {name}"].values()}
        assert found == {HONEST[name][1]}, family


def running(user: ordinary_user.OrdinaryUser) -> list[str]:
    """The user's processes; those that have ended and are not buried yet do no harm."""
    listed = subprocess.run(["ps", "-o", "stat=,args=", "-u", user.name], capture_output=True, text=True)
    return [line for line in listed.stdout.splitlines() if not line.startswith("Z")]


def test_nothing_is_left_of_them(teacher, graded):
    deadline = time.monotonic() + ENDING_SECONDS
    while running(teacher) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert running(teacher) == []
    assert [path for place in ("/tmp", "/dev/shm", "/var/tmp") for path in Path(place).glob(f"*{MARK}*")] == []


def test_nothing_secret_comes_out(graded):
    for path in (graded.root / "autograded").rglob("*.ipynb"):
        text = json.dumps([cell.get("outputs") for cell in json.loads(path.read_text())["cells"]])
        assert "LEAKED" not in text, path
        assert "GOT" not in text, path


def test_the_doctor_tells_this_user_what_holds(graded):
    assert "bounded by the kernel" in graded.limits or "What does not" in graded.limits
