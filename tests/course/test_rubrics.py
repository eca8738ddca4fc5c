"""The rubric of a written answer, as a lesson's source has it."""

import re

import pytest

from autograder.course.lessons import all_lessons
from autograder.course.rubrics import read_rubric
from autograder.course.source import read_lesson

SHARES = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "sixth": 6}
WRITTEN = [(name, cell) for lesson in all_lessons() for name, cell in read_lesson(lesson.source).written.items()]


@pytest.mark.parametrize(("name", "cell"), WRITTEN, ids=[name for name, _ in WRITTEN])
def test_each_lesson_has_as_many_items_as_it_says(name, cell):
    rubric = read_rubric(cell.source)
    share = re.search(r"whoever grades\*\*, a (\w+) of the points each:", " ".join(cell.source.split()))
    assert len(rubric.items) == SHARES[share[1]]
    assert all(item[0].isupper() and not re.search(r"[*`;]|\.$", item) for item in rubric.items)
    assert rubric.model_answer
    assert "whoever grades" not in rubric.model_answer


def test_semicolons_part_items_except_in_brackets():
    rubric = read_rubric(
        "**A model answer.** Two; three.\n\n**For whoever grades**, a half of the points\neach: the *first*\nthing "
        "(not this; nor [that; either]); `x`, the second."
    )
    assert rubric.items == ("The first thing (not this; nor [that; either])", "X, the second")
    assert rubric.model_answer == "Two; three."


@pytest.mark.parametrize(
    ("given", "points"),
    [((True, True, True), 1.0), ((True, False, False), 0.3333), ((True, True, False), 0.6667), ((False,) * 3, 0.0)],
)
def test_each_item_is_worth_the_same(given, points):
    assert read_rubric("**For whoever grades**: a; b; c.").points(given, 1.0) == points
