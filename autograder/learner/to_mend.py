"""Whether code that a learner is to mend is still as the lesson gives it."""

from typing import Any

from autograder.checks.registry import find_check, lesson_number
from autograder.course.lessons import all_lessons
from autograder.learner.answer_text import cell_of
from autograder.notebooks.given_cells import given_cells
from autograder.notebooks.python_names import is_same_code


def is_as_given(exercise: str, answer: Any) -> bool:
    """Whether the cell that defines an answer is the lesson's own, for an exercise that gives faulty code to mend."""
    if not find_check(exercise).is_repair:
        return False
    cell, number = cell_of(answer), lesson_number(exercise)
    lesson = next(lesson for lesson in all_lessons() if lesson.number == number)
    return bool(cell) and any(is_same_code(cell, given) for given in given_cells(lesson, exercise))
