"""What every lesson has: own work, short given cells, labelled exercises, one repair, recall, explanations."""

import re

import pytest

from autograder.authoring.own_lines import count_lines
from autograder.checks.registry import checks_of, find_check
from autograder.course.lessons import all_lessons
from autograder.course.source import read_lesson, stub_of

SOURCES = [read_lesson(lesson.source) for lesson in all_lessons()]
LESSONS = pytest.mark.parametrize("lesson", SOURCES, ids=lambda lesson: lesson.slug)
OWN_LINES = 250
MOST_GIVEN = 15  # lines of a cell
MOST_RATIO = 4.0  # given lines for each own line
LABEL = re.compile(r"\*\*Exercise (\d+) · (?:●○○|●●○|●●●) · (\d+) min · (?:core|tool|extra)\.\*\* ")
MINUTES = range(60, 151)  # of a lesson's exercises


def markdown(lesson) -> list[str]:
    return [cell.source for cell in lesson.cells if cell.kind == "markdown"]


def test_learners_write_the_ideas_themselves():
    assert sum(sum(count_lines(lesson).own.values()) for lesson in SOURCES) >= OWN_LINES


@LESSONS
def test_what_is_given_is_short(lesson):
    lines = count_lines(lesson)
    assert {line: count for line, count in lines.given.items() if count > MOST_GIVEN} == {}
    assert lines.ratio <= MOST_RATIO


@LESSONS
def test_each_exercise_is_labelled_above_its_cell(lesson):
    """With its number, difficulty, minutes and importance."""
    labels = []
    for above, cell in zip(lesson.cells, lesson.cells[1:], strict=False):
        if cell.kind == "exercise":
            found = LABEL.findall(above.source)
            assert len(found) == 1, f"{cell.slug}: {above.source[-300:]}"
            labels += found
    assert [int(number) for number, _ in labels] == list(range(1, len(lesson.exercises) + 1))
    assert sum(int(minutes) for _, minutes in labels) in MINUTES


@LESSONS
def test_no_code_cell_ends_in_prose(lesson):
    """A text whose cell marker was lost would be read as a comment."""
    ends = [cell.source.strip().split("\n\n")[-1].split("\n") for cell in lesson.code_cells]
    assert [lines[0] for lines in ends if all(line.startswith("# ") for line in lines)] == []


@LESSONS
def test_one_exercise_is_a_repair(lesson):
    repairs = [slug for slug, cell in lesson.exercises.items() if stub_of(cell.source) is not None]
    assert len(repairs) == 1
    assert repairs == [check.slug for check in checks_of(lesson.number) if check.is_repair]
    assert "unrepaired" in find_check(repairs[0]).causes


@LESSONS
def test_experiments_are_explained_in_ones_own_words_first(lesson):
    """The learner writes a sentence; the course's stands folded below it."""
    asked = [text for text in markdown(lesson) if "**Explain.**" in text]
    assert asked
    assert sum("<details>" in text for text in markdown(lesson)) >= len(asked)


@LESSONS
def test_later_lessons_say_whose_parts_they_run_on(lesson):
    lines = [line for cell in lesson.code_cells for line in cell.source.splitlines()]
    assert lines.count("own = earlier.use_own()") == (lesson.number != "01")


@LESSONS
def test_no_docstring_is_the_code(lesson):
    """An exercise of one line is none, but as the small form of what comes below it."""
    short = [slug for slug, count in count_lines(lesson).own.items() if count < 2]
    assert len(short) <= 1
