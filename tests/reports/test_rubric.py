"""Model answer and rubric of a written answer: on formgrader's pages, and nowhere that a learner looks."""

import copy

import nbformat
import pytest

from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import read_lesson
from autograder.notebooks.written_answers import is_written
from autograder.reports.feedback.rubric import ShowRubric

TITLE = "For the grader, not shown to learners"
WITH_WRITTEN = [lesson for lesson in all_lessons() if read_lesson(lesson.source).written]


def shown(lesson: Lesson, **resources: str) -> nbformat.NotebookNode:
    released = nbformat.read(lesson.release_notebook, as_version=4)
    return ShowRubric().preprocess(copy.deepcopy(released), {"assignment_id": lesson.slug, **resources})[0]


@pytest.mark.parametrize("lesson", WITH_WRITTEN, ids=lambda lesson: lesson.slug)
def test_formgrader_shows_them_above_the_answer(lesson):
    cells = shown(lesson, submission_id="1").cells
    (at,) = [number for number, cell in enumerate(cells) if is_written(cell)]
    (written,) = read_lesson(lesson.source).written.values()
    assert cells[at - 1].source.startswith(f"> **{TITLE}**\n>\n> **A model answer.**")
    assert cells[at - 1].source.replace("\n> ", "\n").replace("\n>", "\n").endswith(written.source)


@pytest.mark.parametrize("lesson", WITH_WRITTEN, ids=lambda lesson: lesson.slug)
def test_another_page_and_the_released_lesson_do_not(lesson):
    text = lesson.release_notebook.read_text(encoding="utf-8")
    assert nbformat.writes(shown(lesson)) == nbformat.writes(nbformat.reads(text, as_version=4))
    assert "A model answer" not in text
    assert "whoever grades" not in text


def test_a_lesson_that_is_not_the_courses_stays_as_it_is():
    notebook = nbformat.v4.new_notebook()
    assert ShowRubric().preprocess(notebook, {"assignment_id": "own", "submission_id": "1"})[0].cells == []


def test_there_is_a_written_answer_in_the_course():
    assert WITH_WRITTEN
