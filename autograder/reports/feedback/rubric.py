"""What formgrader shows above a written answer: the lesson's model answer and rubric. No learner's page has it.

Loads nbconvert, so only nbgrader imports it.
"""

from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from autograder.course.lessons import Lesson, all_lessons
from autograder.course.source import read_lesson
from autograder.notebooks.cells import grade_id
from autograder.notebooks.written_answers import is_written


class ShowRubric(Preprocessor):
    """Puts a cell with model answer and rubric above each written answer, on formgrader's pages alone."""

    enabled = True

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Change the copy of a notebook that becomes a page."""
        known = {lesson.slug: lesson for lesson in all_lessons()}
        lesson = known.get(resources.get("assignment_id", ""))
        if lesson is not None and "submission_id" in resources:  # which only formgrader gives
            nb.cells = [shown for cell in nb.cells for shown in (*_rubric(cell, lesson), cell)]
        return nb, resources


def _rubric(cell: NotebookNode, lesson: Lesson) -> list[NotebookNode]:
    if not is_written(cell):
        return []
    written = read_lesson(lesson.source).written.get(grade_id(cell))
    if written is None:
        return []
    quoted = "\n".join(f"> {line}".rstrip() for line in written.source.split("\n"))
    return [nbformat.v4.new_markdown_cell(f"> **For the grader, not shown to learners**\n>\n{quoted}")]
