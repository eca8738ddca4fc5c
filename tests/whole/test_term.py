"""A class of 60 through a whole term: handed over, collected, graded, graded by hand, marked.

Two lessons here, one of them with a written answer; `make term` goes through all of them.
"""

import csv
import os
from collections import Counter
from pathlib import Path

import class_of_sixty as sixty
import grading_cases as cases
import pytest

from autograder.course.lessons import all_lessons
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.gradebook import course_root
from autograder.grading.console import ClassRun
from autograder.reports.marks_command import marks_command
from autograder.submissions.collect import collect_command

WHOLE = "WHOLE_TERM"  # in the environment: all lessons
LESSONS = [lesson.slug for lesson in all_lessons()] if os.environ.get(WHOLE) else ["01_seq2seq", "02_context_limit"]
CLASS = sixty.members(LESSONS)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sandbox,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, sandbox_or_skip) -> Path:
    folder = tmp_path_factory.mktemp("term")
    (folder / "course.toml").write_text(sixty.settings(LESSONS), encoding="utf-8")
    (folder / "class.csv").write_text(sixty.roster(CLASS), encoding="utf-8")
    return folder


@pytest.fixture(autouse=True)
def rules(monkeypatch, folder) -> None:
    monkeypatch.setenv(SETTINGS_VARIABLE, str(folder / "course.toml"))


def grade(folder: Path) -> ClassRun:
    return cases.grade(folder / "submitted", workers=os.cpu_count() or 1)


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


class TestTerm:
    """One story, told in order."""

    def test_the_class_has_everything_in_it(self):
        papers = [paper for one in CLASS for found in one.papers.values() for paper in found]
        answers = Counter(answer for paper in papers for answer in paper.answers.values() if not paper.broken)
        animals = {path for slug in LESSONS for path in (sixty.judge_cases.ZOO.parent / slug).glob("*/*.py")}
        assert animals - answers.keys() == set()
        assert min(answers[None], answers[""]) > len(CLASS)
        assert {paper.time for paper in papers} == {sixty.ON_TIME, sixty.AGAIN, sixty.LATE}
        assert sum(paper.broken for paper in papers) == 2 * len(LESSONS)
        assert sum(one.mark(slug) is None for one in CLASS for slug in LESSONS) == 2 * len(LESSONS)

    def test_all_that_the_lms_hands_over_is_attributed(self, folder):
        for lesson in LESSONS:
            for time in (sixty.ON_TIME, sixty.AGAIN, sixty.LATE):
                archive = folder / f"{lesson}-{time:%d-%H}.zip"
                archive.write_bytes(sixty.moodle_zip(CLASS, lesson, time))
                assert collect_command(archive, folder / "submitted", folder / "class.csv", "", str(time), "") == 0

    def test_every_exercise_has_the_verdict_that_its_answer_declares(self, folder):
        done = grade(folder)
        broken = {f"{one.id}/{slug}" for one in CLASS for slug in LESSONS for p in one.papers[slug] if p.broken}
        assert {refusal.where for refusal in done.refusals} == broken
        found = {(row.student, row.lesson, row.exercise): row.score for row in done.results}
        assert found == {
            (one.id, slug, name): self._points(one, slug, name)
            for one in CLASS
            for slug in LESSONS
            for name in sixty.worth(slug)
            if one.counting(slug)
        }

    def _points(self, one: sixty.Member, lesson: str, exercise: str) -> float:
        paper = one.counting(lesson)
        answer = paper.answers.get(exercise)
        wrong = paper.broken or answer is None or (answer != "" and answer.name.startswith("wrong_"))
        return 0.0 if wrong else float(sixty.worth(lesson)[exercise])

    def test_assistants_grade_by_hand(self, folder):
        for lesson in LESSONS:
            with course_root.gradebook(course_root.course_directory(folder / "graded", lesson)) as book:
                for one in CLASS:
                    for name in sixty.written(lesson):
                        if (points := one.by_hand(lesson, name)) is not None:
                            grade = book.find_grade(name, lesson, lesson, one.id)
                            grade.manual_score, grade.needs_manual_grade = points, False
                book.db.commit()

    def test_another_run_brings_the_late_penalties_up_to_date_and_judges_nothing(self, folder, capsys):
        marks_command(folder / "graded", None, None, None)
        assert "Run `autograder grade` again" in capsys.readouterr().out
        assert grade(folder).judged == 0

    def test_every_student_has_the_marks_known_in_advance(self, folder, capsys):
        assert marks_command(folder / "graded", folder / "class.csv", None, None) == 0
        assert "Not final" not in capsys.readouterr().out
        found = {row["student"]: row for row in rows_of(folder / "graded" / "marks" / "course.csv")}
        assert list(found) == [one.id for one in CLASS]
        for one in CLASS:
            marks = {slug: one.mark(slug) for slug in LESSONS}
            given = {slug: found[one.id][slug] for slug in LESSONS}
            assert {slug: float(text) if text else None for slug, text in given.items()} == pytest.approx(marks)
            assert float(found[one.id]["total"]) == pytest.approx(sum(mark or 0 for mark in marks.values()))
            assert found[one.id]["name"] == one.name
