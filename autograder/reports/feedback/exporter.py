"""What makes nbgrader's `generate_feedback` write the course's page. Loads nbgrader, so only nbgrader imports it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from traitlets import default

from autograder.reports.feedback.page import Grade, Grades, render

Exported = tuple[Any, Any]  # a text and resources; nbconvert's types say that every exporter gives a notebook


class FeedbackExporter(Exporter):
    """Turns an autograded notebook and its grades into a page. nbgrader's converter is its parent."""

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_file(self, file_stream: TextIO, resources: Any = None, **options: Any) -> Exported:
        """Read a notebook without validating it: grading wrote it, and the page copes with anything."""
        return self.from_notebook_node(nbformat.v4.reads(file_stream.read()), resources, **options)

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Exported:
        """The page, and the resources as nbgrader's writer wants them."""
        resources = self._init_resources(resources)
        names = resources["nbgrader"]
        return render(nb, self._released(names["assignment"], names["notebook"]), self._grades(names)), resources

    @property
    def _directory(self) -> Any:
        """The course directory of nbgrader's converter."""
        assert self.parent is not None  # the converter made this exporter
        return self.parent.coursedir

    def _released(self, lesson: str, notebook: str) -> NotebookNode:
        """The notebook as it was handed out, or an empty one: it tells the course's cells from the learner's."""
        directory = self._directory
        folder = directory.format_path(directory.release_directory, ".", lesson)
        path = Path(os.path.normpath(folder), f"{notebook}.ipynb")
        if not path.is_file():
            return nbformat.v4.new_notebook()
        return nbformat.v4.reads(path.read_text(encoding="utf-8"))

    def _grades(self, names: Mapping[str, str]) -> Grades:
        """What nbgrader's gradebook has on a submission."""
        with Gradebook(names["db_url"], self._directory.course_id) as book:
            found = book.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            given = {
                grade.name: Grade(
                    grade.score, grade.max_score, grade.manual_score is not None, grade.needs_manual_grade
                )
                for grade in found.grades
            }
            comments = {one.name: one.manual_comment for one in found.comments if one.manual_comment}
            return Grades(names["student"], names["assignment"], given, comments, found.late_submission_penalty or 0.0)
