"""A class of attackers beside honest learners: every attack gets the verdict it states, and harms nobody else."""

import contextlib
import ctypes
import hashlib
import os
import re
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import attack_cases
import grading_cases as cases
import judge_cases
import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

import autograder
from autograder.course.lessons import find_lesson
from autograder.grading import run
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.judging.fresh_cases import KEY_FILE
from autograder.results import journal
from autograder.results.grades import ExerciseResult, read_grades
from autograder.sandbox import cgroups
from autograder.sandbox.inside.limits import MIB, Limits
from autograder.sandbox.supervision import children_of
from autograder.text import one_line

ENDING_SECONDS = 60.0  # within which what was killed is gone, on a busy machine too
LIMITS = Limits(2.5, 25.0, wall_factor=8, memory=400 * MIB, processes=24, files=16 * MIB)
ATTACKS = {attack.name: attack for attack in attack_cases.ATTACKS}
SECONDS = str(10**7 + os.getpid())  # what the daemons of this run sleep, by which they can be found
MARK = "attack-left-this"
HONEST = {
    "solved": (cases.solved(), "passed"),
    "unsolved": (cases.answered({}), "not_attempted"),
    "variants": (judge_cases.herd(judge_cases.herds("right_*.py")[0]), "passed"),
}

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


@dataclass(frozen=True)
class Class:
    """What the class handed in, and what came of it."""

    folder: Path
    graded: run.ClassRun
    before: "Traces"
    after: "Traces"

    def rows(self, student: str) -> dict[str, ExerciseResult]:
        return {row.exercise: row for row in self.graded.results if row.student == student}


@dataclass(frozen=True)
class Traces:
    """What a submission could leave on this machine."""

    processes: dict[int, str]
    temporary: set[str]
    marked: set[str]
    mounts: list[str]
    groups: set[str]
    handed_in: str

    @classmethod
    def now(cls, folder: Path, workers: set[int]) -> "Traces":
        return cls(
            {pid: command for pid, command in _descendants().items() if "multiprocessing" not in command},
            {name for name in os.listdir(tempfile.gettempdir()) if not name.startswith("pymp-")},
            {str(path) for place in ("/tmp", "/dev/shm", "/var/tmp", "/") for path in Path(place).glob(f"*{MARK}*")},
            _mounts(),
            _groups_of(workers),
            _digest(folder),
        )


def _settled(folder: Path, workers: set[int], before: Traces) -> Traces:
    """What is there once what is just ending has ended: a killed process needs a moment to be gone."""
    deadline = time.monotonic() + ENDING_SECONDS
    while (found := Traces.now(folder, workers)) != before and time.monotonic() < deadline:
        time.sleep(0.2)
    return found


def _descendants() -> dict[int, str]:
    """Every process that this one has started; orphans come to it, since it asked to be their reaper."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):  # ended since, or only waits to be asked how
            if process.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD):
                found[process.pid] = " ".join(process.cmdline())
    return found


def _started_by(pid: int) -> set[int]:
    """The same without a look at all others' processes, which takes a while."""
    found = set(children_of(pid))
    return found.union(*map(_started_by, found))


def _mounts() -> list[str]:
    """What is mounted, but for what tests mount that another process runs meanwhile."""
    others = re.compile(rf"/popen-(?!{os.environ.get('PYTEST_XDIST_WORKER', 'no')}/)gw\d+/")
    found = [line.split(" ", 2)[2] for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    return [line for line in found if not others.search(line)]


def _groups_of(workers: set[int]) -> set[str]:
    """Control groups that these processes have made for submissions."""
    found = {group.name for folder in cgroups.mechanism().folders for group in folder.glob("autograder-*-*")}
    return {name for name in found if int(name.split("-")[1]) in workers}


def _digest(folder: Path) -> str:
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return hashlib.sha256(b"".join(str(path).encode() + path.read_bytes() for path in paths)).hexdigest()


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox_or_skip) -> Class:
    """The whole corpus as one class, an honest learner between each two families, graded once."""
    place = tmp_path_factory.mktemp("class")
    folder, root = place / "handed in", place / "grades"
    for attack in ATTACKS.values():
        attack.hand_in(folder, _known_paths(folder, root))
    for family in sorted({attack.path.parent.name for attack in ATTACKS.values()}):
        for name, (notebook, _) in HONEST.items():
            cases.hand_in(folder, f"{family} honest {name}", notebook)
    with pytest.MonkeyPatch.context() as patch:
        (place / "temporary").mkdir()
        patch.setattr(tempfile, "tempdir", str(place / "temporary"))
        patch.setenv("TMPDIR", str(place / "temporary"))
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
        workers: set[int] = set()
        before = Traces.now(folder, workers)
        done = _grade(folder, root, lambda *_: workers.update(_started_by(os.getpid())))
        after = _settled(folder, workers, before)
        ctypes.CDLL(None).prctl(36, 0, 0, 0, 0)
    return Class(folder, done, before, after)


def _grade(folder: Path, root: Path, on_progress: Callable[..., None] = lambda *_: None) -> run.ClassRun:
    return cases.grade(folder, root, SandboxJudge(limits=LIMITS), on_progress, workers=2)


def _known_paths(folder: Path, root: Path) -> dict[str, str]:
    """Where everything secret lies, for attackers who know the machine."""
    recorded = next(Path(autograder.__file__).parent.glob("checks/recorded/*/*.msgpack"))
    paths = {"gradebook": root / "gradebook.db", "journal": root / journal.FILE, "key": root / KEY_FILE}
    paths |= {"solution": find_lesson(cases.LESSON).source, "recorded": recorded}
    paths["classmate"] = folder / "cheat honest solved" / cases.LESSON / f"{cases.LESSON}.ipynb"
    return {**{name: str(path) for name, path in paths.items()}, "seconds": SECONDS}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_the_verdict_it_states(name, graded):
    found = graded.rows(name)
    expected = ATTACKS[name].expected
    wrong = {e: (found[e].status, found[e].reason) for e in expected if found[e].status not in expected[e]}
    assert wrong == {}
    assert all(row.score == (row.max_score if row.status == "passed" else 0) for row in found.values())


@pytest.mark.parametrize("name", HONEST)
def test_honest_learners_beside_them_get_what_they_earned(name, graded):
    for student in {row.student for row in graded.graded.results if row.student.endswith(f" honest {name}")}:
        found = {exercise: row.status for exercise, row in graded.rows(student).items()}
        assert found == dict.fromkeys(cases.EXERCISES, HONEST[name][1]), student


def test_the_run_comes_to_its_end_and_only_unreadable_ones_are_refused(graded):
    students = {row.student for row in graded.graded.results}
    assert students == {path.name for path in graded.folder.iterdir()}
    unreadable = {row.student for row in graded.graded.results if row.status == "unreadable"}
    assert {refusal.student for refusal in graded.graded.refusals} == unreadable
    assert {name.split()[0] for name in unreadable} == {"notebook"}


def test_nothing_is_left_of_them(graded):
    assert graded.after == graded.before


@pytest.mark.parametrize("word", ["LEAKED", "GOT", "1734" * 4])
def test_neither_fresh_inputs_nor_what_lies_outside_comes_out(word, graded):
    for path in (graded.graded.root / "autograded").rglob("*.ipynb"):
        outputs = [str(cell.get("outputs")) for cell in nbformat.read(path, as_version=4).cells]
        assert not any(word in shown for shown in outputs), path
    assert not any(word in row.reason for row in graded.graded.results)


def test_what_checks_say_in_returned_notebooks_agrees_with_the_table(graded):
    for row in graded.graded.results:
        path = graded.graded.root / "autograded" / row.student / cases.LESSON / f"{cases.LESSON}.ipynb"
        if path.exists():
            outputs = cases.marked(nbformat.read(path, as_version=4))[f"check-{row.exercise}"].outputs
            said = "".join(output.text for output in outputs)
            assert outputs or row.status == "unreadable", path
            assert any(line.startswith("✓") for line in said.splitlines()) == (row.status == "passed"), path
            assert {c for c in said if not c.isprintable()} <= set("\n\t"), path


def test_gradebook_and_journal_agree_with_the_table(graded):
    root = graded.graded.root
    table = read_grades(root / run.GRADES)
    assert tuple(table) == graded.graded.results
    entries = journal.of_class(root).items()
    told = {(student, name): found for (student, _), entry in entries for name, found in entry.verdicts.items()}
    words = {key: (verdict.status, one_line(verdict.reason())) for key, verdict in told.items()}
    assert words == {(row.student, row.exercise): (row.status, row.reason) for row in table}
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        totals = {entry["student"]: entry["score"] for entry in book.submission_dicts(cases.LESSON)}
    assert totals == {student: sum(row.score for row in table if row.student == student) for student in totals}
    assert totals.keys() == {row.student for row in table}


def test_a_second_run_grades_nothing(graded):
    before = (graded.graded.root / run.GRADES).read_bytes()
    again = _grade(graded.folder, graded.graded.root)
    assert again.known == len({row.student for row in again.results}) - len(graded.graded.refusals)
    assert again.results == graded.graded.results
    assert (graded.graded.root / run.GRADES).read_bytes() == before
