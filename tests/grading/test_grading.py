"""`autograder grade`: every submission gets the verdict it deserves, and none stops the class."""

import csv
import json
import os
import subprocess
import sysconfig
from collections.abc import Iterable
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest

from autograder.course import settings
from autograder.course.lessons import all_lessons
from autograder.errors import GradingError
from autograder.gradebook.course_root import CONFIG
from autograder.gradebook.executed_checks import has_passed, verdict_of
from autograder.grading import run
from autograder.grading.console import RECORD
from autograder.grading.judge import LOG
from autograder.grading.options import Options
from autograder.grading.output_folder import DEFAULT_OUT
from autograder.notebooks import reading
from autograder.notebooks.reading import read_notebook
from autograder.results.grades import COLUMNS, ExerciseResult, merged, read_grades, write_grades
from autograder.submissions.find import Refusal, Submission, find_submissions
from autograder.text import one_line
from autograder.verdict import Verdict

LESSON = cases.LESSON
KNOWN = [lesson.slug for lesson in all_lessons()]
TEXT = nbformat.writes(cases.RELEASE)


def statuses(rows: Iterable[ExerciseResult], student: str) -> dict[str, str]:
    return {row.exercise: row.status for row in rows if row.student == student}


def command(folder: Path, out: Path | None = None, lessons: tuple[str, ...] = (), isolation: str = "none") -> int:
    return run.grade_command(Options(folder, out, lessons, 2, isolation))


def nbgrader(root: Path, *arguments: str) -> None:
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    done = subprocess.run([program, *arguments], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


# A class that is run


@pytest.fixture(scope="module")
def graded(tmp_path_factory) -> run.ClassRun:
    """A class in which every kind of submission occurs, graded once with short limits."""
    folder = tmp_path_factory.mktemp("class")
    handed_in, root = folder / "handed in", folder / "grades"
    cases.hand_in(handed_in, "김 하나", cases.solved())
    cases.hand_in(handed_in, "unsolved", cases.in_old_format())
    cases.hand_in(handed_in, "half", cases.half_solved()[0])
    cases.hand_in(handed_in, "troubled", cases.troubled()[0])
    cases.hand_in(handed_in, "corrupt", TEXT[:-500])
    root.mkdir()
    (root / LOG).touch()
    (root / "nbgrader_config.py").write_text(f"{CONFIG}\nget_config().RunSubmission.seconds_per_cell = 5\n")
    return cases.grade(handed_in, root, workers=2, isolation="none")


@pytest.mark.slow
class TestClass:
    def test_every_exercise_has_the_verdict_it_deserves(self, graded):
        all_exercises = cases.EXERCISES
        assert statuses(graded.results, "김 하나") == dict.fromkeys(all_exercises, "passed")
        assert statuses(graded.results, "unsolved") == dict.fromkeys(all_exercises, "not_attempted")
        assert statuses(graded.results, "half") == cases.half_solved()[1]
        assert statuses(graded.results, "troubled") == cases.troubled()[1]
        assert statuses(graded.results, "corrupt") == dict.fromkeys(all_exercises, "unreadable")

    def test_points_follow_the_verdicts(self, graded):
        assert all(row.score == (row.max_score if row.status == "passed" else 0) for row in graded.results)
        assert {row.max_score for row in graded.results} == {settings.points(LESSON, "any")}

    def test_reasons_say_what_happened(self, graded):
        reasons = {(row.student, row.exercise): row.reason for row in graded.results}
        names = cases.EXERCISES
        expected = {
            ("김 하나", names[0]): "",
            ("half", names[3]): "error",
            ("half", names[4]): f"check-{names[4]}",
            ("half", names[5]): "did not run",
            ("half", names[-2]): "printed no result",
            ("half", names[-1]): "lost its metadata",
            ("troubled", names[1]): "(line 1)",
            ("troubled", names[2]): "process died",
            ("troubled", names[3]): "longer than 5 s",
            ("corrupt", names[0]): "cut off",
        }
        assert {key: part for key, part in expected.items() if part not in reasons[key]} == {}
        assert not any("\n" in reason for reason in reasons.values())

    def test_grades_csv_holds_the_results(self, graded):
        assert tuple(read_grades(graded.root / run.GRADES)) == graded.results
        with (graded.root / run.GRADES).open(encoding="utf-8", newline="") as file:
            assert tuple(next(csv.reader(file))) == COLUMNS

    def test_exploration_is_skipped_and_all_else_runs(self, graded):
        path = graded.root / "autograded" / "김 하나" / LESSON / f"{LESSON}.ipynb"
        code = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
        ran = {bool(cell.execution_count) for cell in code if "exploration" not in cell.metadata.get("tags", ())}
        skipped = {bool(cell.execution_count) for cell in code if "exploration" in cell.metadata.get("tags", ())}
        assert (ran, skipped) == ({True}, {False})

    def test_the_record_says_how_it_was_graded(self, graded):
        record = json.loads((graded.root / RECORD).read_text(encoding="utf-8"))
        assert (record["engine"], record["isolation"], record["graded"]) == ("nbgrader", "none", 5)
        assert [refusal["where"] for refusal in record["could_not_be_graded"]] == [f"corrupt/{LESSON}"]

    def test_nbgrader_exports_the_same_points_and_leaves_grades_csv_alone(self, graded):
        before = (graded.root / run.GRADES).read_bytes()
        nbgrader(graded.root, "export")
        assert (graded.root / run.GRADES).read_bytes() == before
        with (graded.root / "gradebook.csv").open(encoding="utf-8") as file:
            exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
        students = {row.student for row in graded.results}
        assert exported == {name: sum(r.score for r in graded.results if r.student == name) for name in students}

    def test_nbgrader_writes_feedback(self, graded):
        nbgrader(graded.root, "generate_feedback", LESSON, "--student", "half")
        page = graded.root / "feedback" / "half" / LESSON / f"{LESSON}.html"
        assert "Not right yet" in page.read_text(encoding="utf-8")

    def test_stock_autograde_comes_to_the_same_verdicts_and_points(self, graded):
        _set_scores(graded.root, "half", auto_score=0.25)
        nbgrader(graded.root, "autograde", LESSON, "--student", "half", "--force")
        notebook = nbformat.read(graded.root / "autograded" / "half" / LESSON / f"{LESSON}.ipynb", as_version=4)
        assert {name: verdict_of(notebook, name).status for name in cases.EXERCISES} == statuses(graded.results, "half")
        assert _scores(graded.root, "half") == {r.exercise: r.score for r in graded.results if r.student == "half"}

    def test_a_second_run_regrades_and_keeps_scores_given_by_hand(self, graded, tmp_path, capsys):
        by_hand, missing = cases.EXERCISES[3], cases.EXERCISES[0]
        _set_scores(graded.root, "half", by_hand, manual_score=0.5)
        again, _ = cases.half_solved()
        again.cells.remove(cases.marked(again)[f"check-{missing}"])  # it passed before
        cases.hand_in(tmp_path, "half", again)
        cases.hand_in(tmp_path, "김 하나", "")
        assert command(tmp_path, graded.root) == 1
        rows = read_grades(graded.root / run.GRADES)
        scores = {row.exercise: (row.score, row.status) for row in rows if row.student == "half"}
        assert (scores[by_hand], scores[missing]) == ((0.5, "manual"), (0.0, "missing"))
        assert sum(row.score for row in rows if row.student == "김 하나") == 0
        left = graded.root / "autograded" / "김 하나" / LESSON / f"{LESSON}.ipynb"
        assert "def " not in left.read_text(encoding="utf-8")  # only the reason and the checks
        assert statuses(rows, "troubled") == cases.troubled()[1]
        output = capsys.readouterr().out
        assert f"1.5/{len(cases.EXERCISES)}" in output
        assert f"김 하나/{LESSON}: the file is empty" in output


def _set_scores(root: Path, student: str, exercise: str = "", **scores: float) -> None:
    with _gradebook(root) as gradebook:
        for grade in gradebook.find_submission_notebook(LESSON, LESSON, student).grades:
            if grade.name.endswith(exercise):
                for name, score in scores.items():
                    setattr(grade, name, score)
        gradebook.db.commit()


def _scores(root: Path, student: str) -> dict[str, float]:
    with _gradebook(root) as gradebook:
        grades = gradebook.find_submission_notebook(LESSON, LESSON, student).grades
        return {grade.name.removeprefix("check-"): grade.score for grade in grades}


def _gradebook(root: Path):
    from nbgrader.api import Gradebook

    return Gradebook(f"sqlite:///{root / 'gradebook.db'}")


# What people hand in instead


@pytest.fixture
def bad_class(tmp_path) -> tuple[Path, dict[str, str]]:
    """A folder with every mistake, and part of the reason to expect by place."""
    folder = tmp_path / "handed in"
    for student, content in {
        "cut off": TEXT[:300],
        "empty file": "",
        "list": "[1, 2]",
        "text": "Dear teacher",
    }.items():
        cases.hand_in(folder, student, content)
    with cases.hand_in(folder, "huge", "").open("r+b") as file:
        file.truncate(reading.LARGEST_NOTEBOOK + 1)
    real = cases.hand_in(folder, "renamed", TEXT)
    real = real.rename(real.with_name("final version.ipynb"))
    real.with_name("scratch.ipynb").write_text("{}")
    cases.hand_in(folder, "linked notebook", "").unlink()
    (folder / "linked notebook" / LESSON / f"{LESSON}.ipynb").symlink_to(real)
    (folder / "folder" / LESSON / f"{LESSON}.ipynb").mkdir(parents=True)
    (folder / "empty lesson" / LESSON).mkdir(parents=True)
    (folder / "linked lesson").mkdir()
    (folder / "linked lesson" / LESSON).symlink_to(real.parent)
    (folder / "linked student").symlink_to(real.parent.parent)
    (folder / "empty student").mkdir()
    cases.hand_in(folder, "other lesson", TEXT, lesson="99_unknown")
    (folder / "loose").mkdir()
    (folder / "loose" / f"{LESSON}.ipynb").write_text(TEXT)
    (folder / f"{LESSON}.ipynb").write_text(TEXT)
    (folder / LESSON).mkdir()
    (folder / "two\nlines").mkdir()
    (folder / "class list.txt").write_text("nobody hands this in")
    (folder / ".DS_Store").mkdir()
    return folder, {
        f"cut off/{LESSON}": "cut off",
        f"empty file/{LESSON}": "empty",
        f"list/{LESSON}": "its JSON is a list",
        f"text/{LESSON}": "no valid JSON in line 1",
        f"huge/{LESSON}": "more than 50 MB",
        f"renamed/{LESSON}": f"expected {LESSON}.ipynb, found only final version.ipynb",
        f"linked notebook/{LESSON}/{LESSON}.ipynb": "symbolic link",
        f"folder/{LESSON}/{LESSON}.ipynb": "not a file",
        f"empty lesson/{LESSON}": "the folder is empty",
        f"linked lesson/{LESSON}": "symbolic link",
        f"loose/{LESSON}.ipynb": f"expected in a folder: loose/{LESSON}/",
        "linked student": "symbolic link",
        "empty student": "holds no lesson's folder",
        "other lesson/99_unknown": f"is no lesson; the course has {LESSON}",
        f"{LESSON}.ipynb": "belongs to no student",
        LESSON: "where a student's is expected",
        r"two\nlines": "rename it",
    }


@pytest.mark.slow
def test_a_class_of_bad_submissions_is_listed_and_recorded(bad_class, capsys):
    folder, expected = bad_class
    before = sorted(folder.rglob("*"))
    assert command(folder) == 1
    output = capsys.readouterr().out
    assert {where for where in expected if f"  {where}: " not in output} == set()
    root = folder.parent / DEFAULT_OUT
    refusals = json.loads((root / RECORD).read_text(encoding="utf-8"))["could_not_be_graded"]
    reasons = {refusal["where"]: refusal["reason"] for refusal in refusals}
    assert reasons.keys() == expected.keys()
    assert {where: reasons[where] for where in expected if expected[where] not in reasons[where]} == {}
    rows = read_grades(root / run.GRADES)
    assert {(row.status, row.score) for row in rows} == {("unreadable", 0.0)}
    assert len(rows) == 11 * len(cases.EXERCISES)
    assert sorted(folder.rglob("*")) == before


def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path, monkeypatch):
    path = cases.hand_in(tmp_path, "kim", TEXT)

    def refuse(self):
        raise PermissionError(13, "Permission denied", str(self))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(reading.UnreadableError, match="Permission denied"):
        read_notebook(path)
    monkeypatch.setattr(Path, "iterdir", lambda self: refuse(self) if self.name == LESSON else os_entries(self))
    [refusal] = find_submissions(tmp_path, KNOWN, KNOWN)
    assert (refusal.attributed, "Permission denied" in refusal.reason) == (True, True)


def os_entries(folder: Path) -> list[Path]:
    return [folder / name for name in os.listdir(folder)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\xff\xfe\x00bad", "not UTF-8|no usable JSON|no valid JSON"),
        (b"{}", "no cells"),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "poem"}]}',
            "expected key",
        ),
        (b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": 7}', "not a valid notebook"),
        (b'{"nbformat": 3, "nbformat_minor": 0, "metadata": {}, "worksheets": [1]}', "not a valid notebook"),
        (b"[" * 100_000, "no usable JSON"),
        (TEXT.replace("{", "{\n<<<<<<< HEAD\n", 1).encode(), "line 2"),
    ],
)
def test_files_that_are_no_notebooks(content, reason, tmp_path):
    with pytest.raises(reading.UnreadableError, match=reason):
        read_notebook(cases.hand_in(tmp_path, "kim", content))


def test_notebooks_that_would_take_long_to_look_at_are_refused(tmp_path):
    many = json.loads(TEXT)
    many["cells"] *= 40
    with pytest.raises(reading.UnreadableError, match="cells, more than 1,000"):
        read_notebook(cases.hand_in(tmp_path, "many", json.dumps(many)))
    long = json.loads(TEXT)
    next(cell for cell in long["cells"] if cell["cell_type"] == "code")["source"] = "x = 1\n" * 200_000
    with pytest.raises(reading.UnreadableError, match="characters of code, more than 1,000,000"):
        read_notebook(cases.hand_in(tmp_path, "long", json.dumps(long)))


def test_halves_of_characters_are_mended(tmp_path):
    content = json.loads(TEXT)
    content["cells"][2]["source"] = "x = '\ud800 \U0001f600'"
    notebook = read_notebook(cases.hand_in(tmp_path, "kim", json.dumps(content)))
    assert notebook.cells[2].source == "x = '? \U0001f600'"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m and \x1b]0;title\x07plain", "red and plain"),
        ("two\r\nlines\x0b\x85 of\u2028text", "two lines of text"),
        ("\x00\x08\x9b2J\u202eback\ud800", "back?"),
        ("한국어 ✓ é", "한국어 ✓ é"),
    ],
)
def test_a_reason_steers_no_terminal(text, shown):
    assert one_line(text) == shown


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_notebooks_in_other_encodings_are_read(encoding, tmp_path):
    path = cases.hand_in(tmp_path, "kim", TEXT.encode(encoding))
    assert [cell.source for cell in read_notebook(path).cells] == [cell.source for cell in cases.RELEASE.cells]


def test_an_old_notebook_is_converted(tmp_path):
    old = cases.in_old_format()
    notebook = read_notebook(cases.hand_in(tmp_path, "kim", old))
    assert cases.marked(notebook).keys() == cases.marked(cases.RELEASE).keys()


def test_cells_with_one_id_get_two(tmp_path):
    content = json.loads(TEXT)
    content["cells"][1]["id"] = content["cells"][0]["id"]
    ids = [cell.id for cell in read_notebook(cases.hand_in(tmp_path, "kim", json.dumps(content))).cells]
    assert len(set(ids)) == len(ids)


def test_only_the_wanted_lessons_are_graded(tmp_path):
    cases.hand_in(tmp_path, "kim", TEXT)
    second = cases.hand_in(tmp_path, "kim", TEXT, lesson="02_other")
    known = [*KNOWN, "02_other"]
    assert find_submissions(tmp_path, known, ["02_other"]) == [Submission("kim", "02_other", second)]
    assert [found.lesson for found in find_submissions(tmp_path, known, known)] == [LESSON, "02_other"]


# Where nothing can be done


def test_nothing_to_grade_is_said_with_exit_code_2(tmp_path, capsys):
    def problem(*arguments, **options) -> str:
        assert command(*arguments, **options) == 2
        return capsys.readouterr().err

    good = tmp_path / "good"
    cases.hand_in(good, "kim", TEXT)
    occupied = tmp_path / "occupied"
    cases.hand_in(occupied, "kim", TEXT)
    assert "cannot be read (No such file" in problem(tmp_path / "nowhere")
    assert "no submission there" in problem(_made(tmp_path / "empty"))
    assert f"the course has {LESSON}" in problem(good, lessons=("07_dreams",))
    assert "there is bubblewrap or none" in problem(good, isolation="sandbox")
    assert "not empty, and no folder of an earlier run" in problem(good, occupied)
    assert "cannot be used as output folder" in problem(good, occupied / "kim" / LESSON / f"{LESSON}.ipynb")
    assert "cannot lie in one another" in problem(good, good / "graded")
    assert "cannot lie in one another" in problem(good, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "good", "occupied"]


def test_submissions_without_students_are_listed_with_exit_code_2(tmp_path, capsys):
    (_made(tmp_path / "class") / f"{LESSON}.ipynb").write_text(TEXT)
    assert command(tmp_path / "class") == 2
    output = capsys.readouterr()
    assert f"{LESSON}.ipynb: belongs to no student" in output.out
    assert "no submission there" in output.err
    assert not (tmp_path / DEFAULT_OUT).exists()


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


# The parts


def test_the_pass_line_is_the_one_that_checks_print():
    name = cases.EXERCISES[0]
    cell = cases.marked(cases.answered({}))[f"check-{name}"]
    for status, passes in {"passed": True, "not_attempted": False}.items():
        text = Verdict(name, status, stages=3).text()
        cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"mine\n{text}\n")]
        assert has_passed(cell) is passes
        cell.outputs = [nbformat.v4.new_output("display_data", {"text/plain": text, "text/html": "<p>a card</p>"})]
        assert has_passed(cell) is passes
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=Verdict("other", "passed").text())]
    assert not has_passed(cell)


def test_an_error_below_the_pass_line_is_no_pass():
    name = cases.EXERCISES[0]
    notebook = cases.answered({})
    cases.marked(notebook)[f"check-{name}"].outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=Verdict(name, "passed").text()),
        nbformat.v4.new_output("error", ename="ValueError", evalue="too\nlate", traceback=[]),
    ]
    found = verdict_of(notebook, name)
    assert (found.status, found.reason()) == ("error", "ValueError: too late")


def test_an_answer_without_its_cell_is_missing():
    name = cases.EXERCISES[0]
    notebook = cases.answered({})
    cells = cases.marked(notebook)
    error = nbformat.v4.new_output("error", ename="NameError", evalue="name 'f' is not defined", traceback=[])
    cells[f"check-{name}"].outputs = [error]
    notebook.cells.remove(cells[name])
    found = verdict_of(notebook, name)
    assert (found.status, "deleted" in found.reason()) == ("missing", True)


def test_a_table_of_grades_survives_writing_and_reading(tmp_path):
    rows = [ExerciseResult('김, "Hana"', LESSON, "encoder", 0.5, 2, "manual", "it says: \u201cno\u201d; 1,5")]
    write_grades(tmp_path / "grades.csv", rows)
    assert read_grades(tmp_path / "grades.csv") == rows


def test_a_foreign_table_is_refused(tmp_path):
    (tmp_path / "grades.csv").write_text("student,score\nkim,1\n")
    with pytest.raises(GradingError, match="line 2: expected the columns student, lesson"):
        read_grades(tmp_path / "grades.csv")


def test_new_results_replace_those_of_the_same_submission():
    def row(student: str, lesson: str, exercise: str, score: float) -> ExerciseResult:
        return ExerciseResult(student, lesson, exercise, score, 1, "passed")

    old = [row("b", "01", "x", 0), row("b", "01", "gone", 0), row("b", "02", "y", 0), row("a", "01", "x", 0)]
    new = [row("b", "01", "x", 1)]
    assert merged(old, new) == [row("a", "01", "x", 0), row("b", "01", "x", 1), row("b", "02", "y", 0)]


def test_a_refusal_is_attributed_only_with_student_and_lesson():
    assert Refusal("a/b", "r", "a", "b").attributed
    assert not Refusal("a", "r", "a").attributed
