"""What makes nbgrader's `generate_feedback` write the course's page. Loads nbgrader, so only nbgrader imports it."""

import os
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TextIO

import nbformat
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from traitlets import default

from autograder.errors import GradingError
from autograder.reports.feedback.grades import Grades, read_grades
from autograder.reports.feedback.process import Asked, PageMaker

Exported = tuple[Any, Any]  # a text and resources; nbconvert's types say that every exporter gives a notebook


class FeedbackExporter(Exporter):
    """Turns an autograded notebook and its grades into a page. nbgrader's converter is its parent.

    The page is made by the process that makes those of `autograder feedback`, so that a notebook which takes too much
    holds up nobody here either.
    """

    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def from_file(self, file_stream: TextIO, resources: Any = None, **options: Any) -> Exported:
        """Read a notebook without validating it: grading wrote it, and the page copes with anything."""
        return self._exported(file_stream.read(), resources)

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **options: Any) -> Exported:
        """The page, and the resources as nbgrader's writer wants them."""
        return self._exported(nbformat.v4.writes(nb), resources)

    def _exported(self, notebook: str, resources: Any) -> Exported:
        resources = self._init_resources(resources)
        names = resources["nbgrader"]
        release, grades = self._release(names["assignment"], names["notebook"]), self._grades(names)
        made = self._maker.make(Asked(notebook.encode("utf-8", "backslashreplace"), release, grades))
        return made.html.decode(), resources

    @cached_property
    def _maker(self) -> PageMaker:
        maker = PageMaker()
        weakref.finalize(self, maker.close)  # nbgrader does not say when it is done
        return maker

    @property
    def _directory(self) -> Any:
        """The course directory of nbgrader's converter."""
        assert self.parent is not None  # the converter made this exporter
        return self.parent.coursedir

    def _release(self, lesson: str, notebook: str) -> Path | None:
        """The notebook as it was handed out, or None: it tells the course's cells from the learner's."""
        directory = self._directory
        folder = directory.format_path(directory.release_directory, ".", lesson)
        path = Path(os.path.normpath(folder), f"{notebook}.ipynb").absolute()
        return path if path.is_file() else None

    @cached_property
    def _all_grades(self) -> dict[tuple[str, str], Grades]:
        """What nbgrader's gradebook has; the converter makes an exporter for each run."""
        return read_grades(self._directory.db_url)

    def _grades(self, names: Mapping[str, str]) -> Grades:
        """What it has on a submission."""
        found = self._all_grades.get((names["student"], names["assignment"]))
        if found is None:
            raise GradingError(f"{names['student']}/{names['assignment']}: not in the gradebook; grade it first")
        return found
