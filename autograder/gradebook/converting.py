"""Runs nbgrader's converters for one student, and says why one could not."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from autograder.errors import GradingError
from autograder.gradebook.nbgrader_log import logged_errors
from autograder.gradebook.nbgrader_patch import mark_gradebooks_at_once
from autograder.text import one_line

if TYPE_CHECKING:
    from nbgrader.api import Gradebook
    from nbgrader.coursedir import CourseDirectory


def convert(kind: str, directory: "CourseDirectory", student: str) -> None:
    """Run a converter of nbgrader's for one student (`.` for the course's own notebooks).

    Raises:
        GradingError: with the last line of what nbgrader logged.
    """
    from nbgrader import converters
    from nbgrader.converters.base import NbGraderException

    converter: Any = getattr(converters, kind)

    class OneSubmission(converter):
        def init_notebooks(self) -> None:
            # nbgrader looks for files by a pattern, and names may hold the characters of patterns.
            folder = self._format_source(directory.assignment_id, student)
            self.assignments = {folder: [os.path.join(folder, f"{directory.assignment_id}.ipynb")]}

    mark_gradebooks_at_once()
    with logged_errors() as errors, _commit_at_close():
        try:
            OneSubmission(coursedir=directory, config=directory.config, force=True).start()
        except NbGraderException as error:
            raise GradingError(one_line(errors.last_exception()) or str(error)) from error


@contextmanager
def _commit_at_close() -> Iterator[None]:
    """As `_one_commit`, for the gradebooks that nbgrader's converters open and close themselves."""
    from nbgrader.api import Gradebook
    from sqlalchemy.orm import Session

    commit, close = Session.commit, Gradebook.close

    def commit_and_close(book: "Gradebook") -> None:
        commit(book.db())
        close(book)

    Session.commit = Session.flush  # type: ignore[method-assign]  # nbgrader opens sessions of its own
    Gradebook.close = commit_and_close
    try:
        yield
    finally:
        Session.commit = commit  # type: ignore[method-assign]  # as it was
        Gradebook.close = close
