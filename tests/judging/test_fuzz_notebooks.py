"""Notebooks damaged at random: each is read or refused with a reason, and what is read can be graded and given back.

A few hundred cases, always the same, in every run of the tests; thousands of new ones with `make fuzz`.
"""

import copy
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import damage_cases
import grading_cases as cases
import judge_cases
import nbformat
import pytest
from fuzzing import CASES, fuzzed, more_than_quick
from hypothesis import given
from hypothesis import strategies as st

from autograder.course.lessons import find_lesson
from autograder.grading import run
from autograder.grading.console import RECORD
from autograder.grading.options import Options
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.judging.returned_notebook import autograded
from autograder.notebooks.reading import UnreadableError, as_file, read_notebook
from autograder.results.grades import read_grades
from autograder.verdict import Verdict

LESSON = find_lesson(cases.LESSON)
KNOWN = course_notebook(LESSON, cases.RELEASE)
SOLVED, RELEASED = (json.loads(nbformat.writes(notebook)) for notebook in (judge_cases.solved(), cases.RELEASE))
LONGEST = 60.0  # seconds of CPU to read, match and write: a fiftieth is usual, 50 MB of metadata take 16
SETUP = [cell.released for cell in KNOWN.setup]

Damages = Sequence[Callable]
DAMAGES = st.lists(st.sampled_from([*damage_cases.CONTENT, *damage_cases.TEXT]), min_size=1, max_size=3)
SEEDS = st.integers(0, 2**32)


DAMAGED = st.sampled_from([SOLVED, RELEASED]), DAMAGES, SEEDS


@fuzzed(60)
@given(*DAMAGED)
def test_what_is_damaged_is_refused_with_a_reason_or_read_and_given_back(tmp_path_factory, content, damages, seed):
    damaged_is_refused_or_given_back(tmp_path_factory.getbasetemp(), content, damages, seed)


@more_than_quick
@fuzzed(160)
@given(*DAMAGED)
def test_more_that_is_damaged_is_refused_with_a_reason_or_read_and_given_back(tmp_path_factory, content, damages, seed):
    damaged_is_refused_or_given_back(tmp_path_factory.getbasetemp(), content, damages, seed)


def damaged_is_refused_or_given_back(folder: Path, content: dict, damages: Damages, seed: int) -> None:
    path = folder / "damaged.ipynb"
    path.write_bytes(damage_cases.damaged(content, damages, seed))
    read_and_given_back(path)


def read_and_given_back(path: Path) -> None:
    """Within some time a notebook is refused with a reason, or read and written again."""
    began, reason = time.process_time(), "none"
    try:
        notebook = read_notebook(path)
    except UnreadableError as error:
        reason = str(error)
    else:
        nbformat.validate(notebook)
        goes_back(notebook, path.with_name("back.ipynb"))
    assert reason.isprintable()
    assert time.process_time() - began < LONGEST


def goes_back(notebook: nbformat.NotebookNode, path: Path) -> None:
    """Whatever was read has the course's setup cells and, given back, every check once, as the course has it."""
    notebook = nbformat.v4.reads(nbformat.v4.writes(notebook))
    found = match(notebook, KNOWN)
    assert sorted(SETUP) == sorted(cell.source for cell in found.cells if cell.source in SETUP)
    assert not any(cell.source for cell in found.cells if cell.kind == "check")
    verdicts = {slug: Verdict(slug, "failed", title="a reason") for slug in KNOWN.defines}
    back = autograded(notebook, found, verdicts, {}, KNOWN)
    path.write_bytes(as_file(back))
    again = nbformat.read(path, as_version=4)
    nbformat.validate(again)
    marks = [cell.metadata.nbgrader.grade_id for cell in again.cells if "nbgrader" in cell.metadata]
    assert {f"check-{slug}" for slug in KNOWN.defines} <= set(marks)
    assert len(set(marks)) == len(marks)


@fuzzed(15)
@given(st.sampled_from(cases.EXERCISES), SEEDS)
def test_what_is_done_to_one_answers_cell_leaves_the_others_as_they_were(tmp_path_factory, exercise, seed):
    others_are_left_as_they_were(tmp_path_factory.getbasetemp(), exercise, seed)


@more_than_quick
@fuzzed(25)
@given(st.sampled_from(cases.EXERCISES), SEEDS)
def test_more_that_is_done_to_one_answers_cell_leaves_the_others_as_they_were(tmp_path_factory, exercise, seed):
    others_are_left_as_they_were(tmp_path_factory.getbasetemp(), exercise, seed)


def others_are_left_as_they_were(folder: Path, exercise: str, seed: int) -> None:
    path = folder / "one cell.ipynb"
    content = copy.deepcopy(SOLVED)
    [cell] = [cell for cell in content["cells"] if cell.get("id") == exercise]
    only = {"cells": [cell]}
    for damage in (damage_cases.sources_changed, damage_cases.outputs_spoilt):
        damage(Random(seed), only)
    path.write_bytes(json.dumps(content).encode())
    found = match(read_notebook(path), KNOWN)
    for other in cases.EXERCISES:
        if other != exercise:
            assert [one.source for one in found.of(other) if one.source] == [cases.ANSWERS[other]]


LARGE = damage_cases.large_files(SOLVED, 49_900_000 if CASES else 8_000_000)


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE)
def test_large_files_take_bounded_time(tmp_path, name):
    path = tmp_path / "large.ipynb"
    path.write_bytes(LARGE[name]())
    read_and_given_back(path)


STUDENTS = min(CASES, 400) or 24  # each with some damages to a notebook without answers, and honest ones between them


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox_or_skip) -> tuple[int, Path]:
    """One run of the whole grader; its exit code and its output."""
    folder = tmp_path_factory.mktemp("class") / "handed in"
    random = Random() if CASES else Random(1)
    for number in range(STUDENTS):
        damages = random.choices([*damage_cases.CONTENT, *damage_cases.TEXT], k=random.randint(1, 3))
        cases.hand_in(folder, f"damaged {number:03}", damage_cases.damaged(RELEASED, damages, random.randrange(2**32)))
        if number % 8 == 0:
            cases.hand_in(folder, f"honest {number:03}", judge_cases.solved())
    root = folder.parent / "grades"
    return run.grade_command(Options(folder, root, workers=2, seed=1)), root


@pytest.mark.slow
@pytest.mark.sandbox
class TestWholeGrader:
    def test_every_damaged_submission_has_one_verdict_on_each_exercise_and_no_points(self, graded):
        found = [row for row in read_grades(graded[1] / run.GRADES) if row.student.startswith("damaged")]
        names = [(row.student, row.exercise) for row in found]
        assert len(names) == len(set(names)) == STUDENTS * len(cases.EXERCISES)
        assert [row for row in found if row.score or row.status in ("passed", "manual")] == []

    def test_honest_ones_beside_them_keep_their_scores(self, graded):
        found = [row for row in read_grades(graded[1] / run.GRADES) if row.student.startswith("honest")]
        assert len(found) == -(-STUDENTS // 8) * len(cases.EXERCISES)
        assert {row.status for row in found} == {"passed"}
        assert all(row.score == row.max_score for row in found)

    def test_exit_code_and_record_list_those_that_could_not_be_read(self, graded):
        code, root = graded
        unread = {row.student for row in read_grades(root / run.GRADES) if row.status == "unreadable"}
        listed = json.loads((root / RECORD).read_text())["could_not_be_graded"]
        assert {refusal["student"] for refusal in listed} == unread
        assert code == int(bool(unread))
        assert not [refusal for refusal in listed if "could not be graded (" in refusal["reason"]], (
            "an error, no reason"
        )
