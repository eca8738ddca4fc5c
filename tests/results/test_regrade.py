"""Grading again: only what a mended check or other points touch is judged again, and each move is told."""

import ast
import csv
import json
import shutil
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import grading_cases as cases
import judge_cases
import pytest
from course_copy import CourseCopy
from nbgrader.api import Gradebook

from autograder.course.lessons import find_lesson
from autograder.notebooks.dependencies import closure
from autograder.results import fingerprint, journal
from autograder.results.fingerprint import NO_KEY, Key, hash_checks, hash_environment, hash_scoring, without_words
from autograder.results.grades import ExerciseResult, read_grades
from autograder.results.score_changes import changes
from autograder.sandbox.inside.limits import Limits

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
COURSE = Path(fingerprint.__file__).parents[2]
FIGURES = [path.relative_to(COURSE).as_posix() for path in (COURSE / "lessons/toolkit/figures").rglob("*.py")]
CHECKS = "autograder/checks/lesson_01.py"
STUDENTS = ("does all", "grows lists", "half")
NEXT_STAGE = '    @stage("the given lists stay as they are")'


def test_a_closure_holds_what_a_name_leads_to_and_nothing_else():
    module = "import a, b\nx = a.one\ny = b.two\ndef f():  # why\n    return x\nclass C(f): pass\nstart()"
    assert closure([module], ["C"]) == (
        "import a, b\nx = a.one\ndef f():\n    return x\nclass C(f):\n    pass\nstart()".replace("class", "class")
    )
    assert closure(["def g(): return h", "def h(): return 1", "def i(): return 2"], ["g"]).count("def") == 2


class TestKeys:
    def test_every_exercise_has_a_hash_of_its_own(self):
        found = hash_checks(find_lesson(LESSON))
        assert list(found) == EXERCISES
        assert len(set(found.values())) == len(EXERCISES)

    def test_a_changed_solution_touches_the_exercises_that_use_it(self, monkeypatch, tmp_path):
        lesson = find_lesson(LESSON)
        before, text = hash_checks(lesson), lesson.source.read_text(encoding="utf-8")
        path = tmp_path / lesson.source.name
        path.write_text(text.replace("### BEGIN SOLUTION", "### BEGIN SOLUTION\n    1 + 1", 1), encoding="utf-8")
        monkeypatch.setattr(type(lesson), "source", property(lambda self: path))
        after = hash_checks(lesson)
        assert [name for name in EXERCISES if before[name] != after[name]] == EXERCISES[:1]

    def test_points_and_dates_touch_no_verdict_and_do_touch_the_scoring(self, monkeypatch, tmp_path):
        before = hash_checks(find_lesson(LESSON)), hash_scoring(LESSON, "newest")
        path = tmp_path / "course.toml"
        path.write_text("[points]\ndefault = 3\n[due]\n01_seq2seq = 2026-03-09\n", encoding="utf-8")
        monkeypatch.setenv("AUTOGRADER_COURSE", str(path))
        assert hash_checks(find_lesson(LESSON)) == before[0]
        assert hash_scoring(LESSON, "newest") != before[1]
        assert hash_scoring(LESSON, "newest") != hash_scoring(LESSON, "best")

    def test_limits_and_secret_are_the_environment(self):
        assert hash_environment("a", Limits(), b"1") != hash_environment("a", Limits(), b"2")
        assert hash_environment("a", Limits(), b"1") != hash_environment("a", Limits(3), b"1")

    def test_what_is_stale(self):
        old = Key("s", {"a": "1", "b": "1"}, "e")
        assert Key("s", {"a": "1", "b": "2", "c": "1"}, "e").stale(old) == {"b", "c"}
        assert Key("s", {"a": "1"}, "e").stale(old) == set()
        assert Key("t", {"a": "1"}, "e").stale(old) == Key("s", {"a": "1"}, "f").stale(old) == {"a"}
        assert Key("s", {"a": "1"}, "e").stale(None) == Key("s", {"a": "1"}, "e").stale(NO_KEY) == {"a"}

    @pytest.mark.parametrize(
        "changed",
        [
            "autograder/checks/framework/compare.py",
            "autograder/checks/registry.py",
            "autograder/checks/recording.py",
            "autograder/judging/matching.py",
            "autograder/notebooks/python_names.py",
            "autograder/sandbox/sandbox.py",
            "autograder/sandbox/inside/server.py",
            "autograder/subjects/codec.py",
            "lessons/toolkit/batches.py",
            "datasets/english_korean/train.tsv",
        ],
    )
    def test_a_change_of_what_decides_touches_every_exercise(self, changed, rehashed):
        before = hash_checks(find_lesson(LESSON))
        after = rehashed(changed)
        assert all(before[name] != after[name] for name in EXERCISES)

    @pytest.mark.parametrize(
        "changed",
        [
            "autograder/doctor.py",
            "autograder/text.py",
            "autograder/verdict.py",
            "autograder/checks/wording/advice.py",
            "autograder/checks/wording/causes.py",
            "autograder/reports/feedback/verdicts.py",
            "autograder/grading/console.py",
            *FIGURES,
            "lessons/corpus_generator/grammar.py",
            "datasets/README.md",
        ],
    )
    def test_a_change_of_what_only_shows_touches_none(self, changed, rehashed):
        assert rehashed(changed) == hash_checks(find_lesson(LESSON))

    @pytest.mark.parametrize("place", ["another.py", "packages/__init__.py", "packages/inner/another.py"])
    def test_a_module_anywhere_in_the_toolkit_touches_every_exercise(self, place, toolkit):
        known, hashes = toolkit
        for text in ("ONE = 1\n", "ONE = 2\n"):
            before = hashes()
            (known / place).parent.mkdir(parents=True, exist_ok=True)
            (known / place).write_text(text)
            after = hashes()
            assert all(before[name] != after[name] for name in EXERCISES)

    @pytest.mark.parametrize("place", ["common.py", "another.py", "packages/another.py"])
    def test_a_module_anywhere_in_the_package_of_figures_touches_none(self, place, toolkit):
        known, hashes = toolkit
        before = hashes()
        (known / "figures" / place).parent.mkdir(exist_ok=True)
        (known / "figures" / place).write_text("ONE = 1\n")
        assert hashes() == before

    def test_other_words_of_a_question_or_a_hint_touch_none(self):
        lines = (
            *("causes = {'off': 'Is it %s?'}", "hints = ('%s', 'two')", "@stage('the %s')"),
            *("def test(self):", "    self.fail('off', t('a %s', a=1), '%s')"),
        )
        module = "class A(Check):\n    " + "\n    ".join(lines)
        before = without_words(module % (*["one"] * 4, "one"))
        assert without_words(module % ("two", "three", "four", "five", "one")) == before
        assert without_words(module % (*["one"] * 4, "two")) != before
        assert without_words(module.replace("'off':", "'on':") % (*["one"] * 4, "one")) != before

    def test_another_template_of_a_text_touches_none(self, tmp_path):
        path = tmp_path / "module.py"
        hashes = set()
        for template in ('"a {kind}"', '"of \\"kind\\" {kind}"', '\n    "two "\n    "lines"\n'):
            path.write_text(f"x = t({template}, kind=1)")
            hashes.add(fingerprint._hash_without_texts(path))
        path.write_text('x = t("a {kind}", kind=2)')
        assert len(hashes) == len(hashes - {fingerprint._hash_without_texts(path)}) == 1

    def test_whatever_judging_imports_decides_or_is_named_here(self):
        """A leaf words or writes; what the course's sources say is hashed exercise by exercise."""
        others = {
            *("autograder", "autograder.errors", "autograder.files", "autograder.paths"),
            *("autograder.languages", "autograder.status", "autograder.text"),
            *("autograder.verdict", *(f"autograder.checks.wording{module}" for module in ("", ".advice", ".causes"))),
            *(f"autograder.course{module}" for module in ("", ".lessons", ".settings", ".source")),
        }
        deciding = {path.resolve() for path in fingerprint.deciding_files()}
        for name in imported_by("autograder.judging.judge"):
            if name not in others:
                assert Path(find_spec(name).origin).resolve() in deciding, name


@pytest.fixture
def rehashed(monkeypatch):
    """What the hashes of the lesson's exercises are after a change of one file of the course."""

    def hashes(changed: str) -> dict[str, str]:
        assert (COURSE / changed).is_file()
        read = fingerprint._hash_without_texts
        other = (COURSE / changed).resolve()
        monkeypatch.setattr(
            fingerprint, "_hash_without_texts", lambda path: "another" if path.resolve() == other else read(path)
        )
        fingerprint._hash_shared.cache_clear()
        return hash_checks(find_lesson(LESSON))

    yield hashes
    fingerprint._hash_shared.cache_clear()


@pytest.fixture
def toolkit(monkeypatch, tmp_path) -> tuple[Path, Callable[[], dict[str, str]]]:
    """A copy of the toolkit, and what gives the hashes of the lesson's exercises with it in place of the toolkit."""
    copy = tmp_path / "lessons/toolkit"
    shutil.copytree(COURSE / "lessons/toolkit", copy)
    monkeypatch.setattr(fingerprint, "lessons", SimpleNamespace(__file__=str(copy.parent / "__init__.py")))

    def hashes() -> dict[str, str]:
        fingerprint._hash_shared.cache_clear()
        return hash_checks(find_lesson(LESSON))

    yield copy, hashes
    fingerprint._hash_shared.cache_clear()


def imported_by(module: str) -> set[str]:
    """The modules of the grader that a module imports, directly or not, by their text."""
    found, waiting = set(), [module]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        for node in ast.walk(ast.parse(Path(find_spec(name).origin).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "autograder":
                parts = (f"{node.module}.{alias.name}" for alias in node.names)
                waiting += [node.module, *(part for part in parts if has_module(part))]
    return found


def has_module(name: str) -> bool:
    """Whether that is a module, and no name in one."""
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


class TestWhy:
    """Of two entries into the gradebook, the nearest cause of a move."""

    def why(self, root: Path, before: Key, after: Key, old: tuple, new: tuple) -> str:
        for key in (before, after):
            journal.write(root, "kim", LESSON, journal.Entry(key, {}, scoring="counts"))
        earlier, now = (ExerciseResult("kim", LESSON, "encoder", *row) for row in (old, new))
        (found,) = changes(root, [earlier], [now])
        return found.why

    def test_other_points_are_the_cause_where_the_verdict_is_the_same(self, tmp_path):
        keys = Key("s", {"encoder": "1"}, "old versions"), Key("s", {"encoder": "1"}, "new versions")
        assert self.why(tmp_path, *keys, (1, 1, "passed"), (3, 3, "passed")) == "other points"

    def test_other_versions_are_the_cause_where_it_is_another(self, tmp_path):
        keys = Key("s", {"encoder": "1"}, "old versions"), Key("s", {"encoder": "1"}, "new versions")
        why = self.why(tmp_path, *keys, (1, 1, "passed"), (0, 3, "failed"))
        assert why == "other versions, limits or fresh cases"

    def test_a_score_that_stays_is_no_change(self, tmp_path):
        row = ExerciseResult("kim", LESSON, "encoder", 1, 1, "passed")
        assert changes(tmp_path, [row], [row]) == []


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> CourseCopy:
    copy = CourseCopy(tmp_path_factory.mktemp("course"), LESSON)
    copy.record(LESSON)  # on this machine, as later: processors differ in the last digits
    once = copy.recorded(LESSON)
    copy.record(LESSON)
    assert copy.recorded(LESSON) == once
    return copy


@pytest.fixture(scope="module")
def graded(course, tmp_path_factory, sandbox_or_skip) -> Path:
    """A class of three, graded once."""
    folder = tmp_path_factory.mktemp("class")
    grows = (judge_cases.ZOO / "pad_batch" / "wrong_changes_input.py").read_text(encoding="utf-8")
    notebooks = (judge_cases.solved(), cases.answered({**cases.ANSWERS, "pad_batch": grows}), cases.half_solved()[0])
    for student, notebook in zip(STUDENTS, notebooks, strict=True):
        cases.hand_in(folder / "class", student, notebook)
    said = course.run("grade", folder / "class", "--workers", 2)
    assert "Judged" not in said
    assert scores(folder)["grows lists", "pad_batch"] == 0
    return folder


def scores(folder: Path) -> dict[tuple[str, str], float]:
    return {(row.student, row.exercise): row.score for row in read_grades(folder / "graded" / "grades.csv")}


def moves(folder: Path) -> list[tuple[str, ...]]:
    with (folder / "graded" / "changes.csv").open(encoding="utf-8", newline="") as file:
        return [tuple(row.values()) for row in csv.DictReader(file)]


def record(folder: Path) -> dict:
    return json.loads((folder / "graded" / "run.json").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SAWarning")
class TestAgain:
    """One story, told in order."""

    def test_nothing_moves_where_nothing_changed(self, course, graded):
        said = course.run("grade", graded / "class")
        assert "(0 graded, 3 known from an earlier run)" in said
        assert (moves(graded), record(graded)["exercises_judged"]) == ([], 0)

    def test_a_mended_check_has_its_exercise_judged_again_and_no_other(self, course, graded):
        before, pages = scores(graded), self._shown(graded)
        course.edit(CHECKS, NEXT_STAGE, "")
        assert f"run: autograder build {LESSON}" in course.run("grade", graded / "class", code=2)
        course.record(LESSON)
        said = course.run("grade", graded / "class", "--workers", 2)
        expected = {**before, ("grows lists", "pad_batch"): 1.0}
        assert scores(graded) == expected
        assert f"Judged: 3 of {3 * len(EXERCISES)} exercises" in said
        why = "its check, its solution or what they use has changed"
        assert moves(graded) == [("grows lists", LESSON, "pad_batch", "0/1 failed", "1/1 passed", why)]
        assert "Scores that moved: 1" in said
        assert why in said
        after = self._shown(graded)
        assert {name for name in after if after[name] != pages[name]} == {"pad_batch"}

    def _shown(self, folder: Path) -> dict[str, str]:
        """What the checks say in the notebook that goes back."""
        import nbformat

        path = folder / "graded" / "autograded" / "grows lists" / LESSON / f"{LESSON}.ipynb"
        cells = cases.marked(nbformat.read(path, as_version=4))
        return {name: cells[f"check-{name}"].outputs[0].text for name in EXERCISES}

    def test_other_points_are_entered_and_nothing_is_judged(self, course, graded):
        before = scores(graded)
        course.edit(
            "autograder/course.toml", "# [points.01_seq2seq]\n# greedy_decode = 2", "[points.01_seq2seq]\nencoder = 3"
        )
        said = course.run("grade", graded / "class")
        expected = {key: 3.0 * score if key[1] == "encoder" else score for key, score in before.items()}
        assert scores(graded) == expected
        assert f"Judged: 0 of {3 * len(EXERCISES)} exercises" in said
        assert {(row[2], row[5]) for row in moves(graded)} == {("encoder", "other points")}
        assert ("does all", LESSON, "encoder", "1/1 passed", "3/3 passed", "other points") in moves(graded)
        with Gradebook(f"sqlite:///{graded / 'graded' / 'gradebook.db'}") as book:
            assert book.find_assignment(LESSON).max_score == len(EXERCISES) + 2
            assert book.find_submission(LESSON, "does all").score == len(EXERCISES) + 2

    def test_another_notebook_is_told_as_such(self, course, graded):
        cases.hand_in(graded / "second", "half", judge_cases.solved())
        course.run("grade", graded / "second", "--out", graded / "graded")
        assert {(row[0], row[5]) for row in moves(graded)} == {("half", "another notebook was handed in")}
        assert record(graded)["scores_moved"] == len(moves(graded)) > 0
