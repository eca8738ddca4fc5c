"""The learners' notebooks, which nbgrader makes from the solution notebooks."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from types import MappingProxyType

from autograder.authoring.editions import Edition, texts_for_run_time
from autograder.authoring.tree import BuildError, CourseTree
from autograder.gradebook.nbgrader_log import logged_errors
from autograder.languages import ENGLISH

EMPTY: Mapping[str, str] = MappingProxyType({})


def release_editions(made: Iterable[Edition], course: CourseTree) -> None:
    """Make the learners' notebooks of editions, language by language, where their solution notebooks lie.

    Raises:
        BuildError: as `make_releases`.
    """
    of_languages = groupby(sorted(made, key=lambda edition: edition.language), key=lambda edition: edition.language)
    for language, group in of_languages:
        of_language = list(group)
        texts = EMPTY if language == ENGLISH else texts_for_run_time(course, language)
        make_releases(of_language[0].staging, [edition.lesson.slug for edition in of_language], texts)


def make_releases(staging: CourseTree, slugs: Iterable[str], texts: Mapping[str, str] = EMPTY) -> None:
    """Make the learners' notebooks in `staging.lessons` from those in `staging.solutions`, through nbgrader.

    Args:
        texts: what the grader says in the language of the notebooks: English text to translation.

    Raises:
        BuildError: nbgrader refused a notebook; the message gives its reason.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from autograder.nbgrader_settings import WRITTEN_STUB, configure

    config = Config()
    configure(config)
    config.CourseDirectory.root = str(staging.solutions.parent)
    config.ClearSolutions.text_stub = WRITTEN_STUB.said(texts)
    config.GenerateAssignment.no_database = True  # a gradebook needs `alembic` on the PATH, and changes no byte
    config.SaveCells.enabled = False
    config.SetPoints.enabled = False  # the course's own are in the solutions, whatever settings an instructor uses
    for slug in slugs:
        config.CourseDirectory.assignment_id = slug
        with logged_errors(shown=False) as errors:
            try:
                GenerateAssignment(coursedir=CourseDirectory(config=config), config=config, force=True).start()
            except NbGraderException as error:
                reason = errors.last_exception() or str(error)
                raise BuildError(f"{slug}: nbgrader could not make the learners' notebook: {reason}") from error
