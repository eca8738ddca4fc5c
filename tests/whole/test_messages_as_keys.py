"""Every message replaced by its key: grading, grading again, reports and pages differ in nothing but words."""

import csv
import subprocess
import sys
from pathlib import Path

import grading_cases as cases
import message_keys
import nbformat
import pytest
from judge_cases import ZOO
from page_reader import Reader

from autograder.gradebook import course_root
from autograder.reports.class_report.counts import count_lessons
from autograder.reports.class_report.mistakes import mistake_of
from autograder.reports.class_report.records import Answer, read_answers
from autograder.reports.feedback.page import Grade, Grades, render
from autograder.results import journal
from autograder.results.grades import read_grades
from lessons.toolkit import text

pytestmark = [pytest.mark.slow, pytest.mark.sandbox]

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
BY_HAND = EXERCISES[2]


def command(with_keys: bool, *arguments: object) -> str:
    start = [message_keys.__file__] if with_keys else ["-m", "autograder"]
    done = subprocess.run([sys.executable, *start, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def hand_in(folder: Path) -> None:
    notebook, _ = cases.half_solved()
    cases.hand_in(folder, "half", notebook)
    wrong = {name: sorted((ZOO / name).glob("wrong_*.py"))[0].read_text(encoding="utf-8") for name in EXERCISES}
    cases.hand_in(folder, "wrong", cases.answered(wrong))
    first = EXERCISES[0]  # right on what the notebook has, wrong from the fourth call on
    forgets = f"{cases.ANSWERS[first]}\n_own, _calls = {cases.defined(first)}, []\ndef {cases.defined(first)}(*data):\n"
    forgets += "    _calls.append(1)\n    return _own(*data) if len(_calls) < 4 else None"
    notebook = cases.answered({**cases.ANSWERS, first: forgets, EXERCISES[1]: "def oh no:"})
    cases.marked(notebook)[f"check-{EXERCISES[3]}"].source = "# edited"
    cases.hand_in(folder, "forgets", notebook)
    cases.hand_in(folder, "torn", "{")


@pytest.fixture(scope="module")
def folders(tmp_path_factory, sandbox_or_skip) -> dict[bool, Path]:
    """Output folders without keys and with them; in both a person has then given points, and all was graded again."""
    submissions = tmp_path_factory.mktemp("class") / "submissions"
    hand_in(submissions)
    found = {}
    for with_keys in (False, True):
        found[with_keys] = root = submissions.parent / f"graded_{with_keys}"
        grade = ("grade", submissions, "--out", root, "--lesson", LESSON, "--seed", 1)
        command(with_keys, *grade)
        with course_root.gradebook(course_root.course_directory(root, LESSON)) as book:
            given = book.find_submission_notebook(LESSON, LESSON, "wrong")
            next(grade for grade in given.grades if grade.name == f"check-{BY_HAND}").manual_score = 0.5
            book.db.commit()
        told = command(with_keys, *grade)
        assert "Judged: 0 of" in told, told
    return found


def test_words_differ(folders):
    """Else the tests below would compare nothing."""
    english, keys = (read_grades(folders[with_keys] / "grades.csv") for with_keys in (False, True))
    failed = [(one, other) for one, other in zip(english, keys, strict=True) if one.reason]
    assert len(failed) > 10
    assert all("⟦" in other.reason and one.reason != other.reason for one, other in failed)


def test_scores_and_statuses_are_the_same(folders):
    tables = [read_grades(folders[with_keys] / "grades.csv") for with_keys in (False, True)]
    rows = [[(row.student, row.exercise, row.score, row.status) for row in table] for table in tables]
    assert rows[0] == rows[1]


def test_the_journal_is_the_same(folders):
    def kept(root: Path) -> dict:
        data = {
            (student, name): verdict.to_data()
            for (student, _), entry in journal.of_class(root).items()
            for name, verdict in entry.verdicts.items()
        }
        return {key: {part: value for part, value in one.items() if part != "seconds"} for key, one in data.items()}

    assert kept(folders[False]) == kept(folders[True])


def test_what_moved_and_why_is_the_same(folders):
    def moved(root: Path) -> list[list[str]]:
        with (root / "changes.csv").open(encoding="utf-8") as file:
            return list(csv.reader(file))

    assert moved(folders[False]) == moved(folders[True])
    assert [row[2] for row in moved(folders[True])[1:]] == [BY_HAND]


def test_the_report_counts_the_same(folders):
    def counted(found: list[Answer]) -> list[tuple]:
        (lesson,) = count_lessons(found)
        return [(one.name, one.tried, one.passed, one.stops) for one in lesson.exercises]

    english, keys = (read_answers(folders[with_keys]) for with_keys in (False, True))
    assert counted(english) == counted(keys)
    by_hand = next(one for one in keys if (one.student, one.exercise) == ("wrong", BY_HAND))
    assert (by_hand.passed, bool(mistake_of(by_hand).stage)) == (False, True)


@pytest.mark.parametrize("student", ["half", "wrong", "forgets", "torn"])
def test_pages_have_the_same_form_and_the_same_words_where_they_are_shown(student, folders, monkeypatch):
    def page(with_keys: bool) -> str:
        path = folders[with_keys] / "autograded" / student / LESSON / f"{LESSON}.ipynb"
        points = {f"check-{name}": Grade(0.0, 1.0) for name in EXERCISES}
        return render(nbformat.read(path, as_version=4), cases.RELEASE, Grades(student, LESSON, points, {}))

    english = page(False)
    if student != "torn":  # the reason stands in its notebook as text
        assert page(True) == english
    monkeypatch.setattr(text, "_spoken", message_keys.Keys())
    assert form(page(False)) == form(english)
    assert page(False) != english


def form(page: str) -> list:
    """The tags but for those that mark words in a sentence."""
    return [tag for tag in Reader(page).tags if tag[0] not in ("code", "em")]
