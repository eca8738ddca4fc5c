"""The course's settings for nbgrader: for its own commands, through nbgrader_config.py, and for the build.

Importing this module loads no nbgrader: classes are named by their paths.
"""

from pathlib import Path

from traitlets.config import Config

from autograder.course.source import BEGIN_SOLUTION, END_SOLUTION
from autograder.gradebook.database import address
from autograder.gradebook.settings import set_grading
from lessons.toolkit.text import t

COURSE_ID = "seq2seq_to_attention"
IGNORED = (".ipynb_checkpoints", "*.pyc", "__pycache__", "feedback", ".DS_Store")
WRITTEN_STUB = t("*Replace this line with your answer.*")  # what stands in a written answer's cell at first

_PREPROCESSORS = "nbgrader.preprocessors."


def configure(config: Config) -> None:
    """Put every setting of the course into `config`."""
    set_folders(config)
    set_release(config)
    set_collecting(config)
    set_grading(config)
    set_feedback(config)


def set_folders(config: Config) -> None:
    """Where nbgrader finds and puts things below the course's root."""
    config.CourseDirectory.course_id = COURSE_ID
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "lessons"
    # nbgrader's own names, whatever the configuration of a user or of the machine says
    config.CourseDirectory.submitted_directory = "submitted"
    config.CourseDirectory.autograded_directory = "autograded"
    config.CourseDirectory.feedback_directory = "feedback"
    config.CourseDirectory.directory_structure = "{nbgrader_step}/{student_id}/{assignment_id}"
    # Beside a solution notebook lie its source and the stamp of its run: neither goes to learners.
    config.CourseDirectory.ignore = [*IGNORED, "[0-9][0-9]_*.py", "executed.sha256"]


def set_root(config: Config, root: Path) -> None:
    """The course's root: it goes before one that the configuration of a user or of the machine names."""
    config.CourseDirectory.root = str(root.absolute())


def set_gradebook(config: Config, root: Path) -> None:
    """Where the gradebook of a course's root is."""
    config.CourseDirectory.db_url = address(root)


def set_release(config: Config) -> None:
    """How a solution notebook becomes the one that learners get."""
    config.ClearSolutions.begin_solution_delimeter = BEGIN_SOLUTION
    config.ClearSolutions.end_solution_delimeter = END_SOLUTION
    config.ClearSolutions.text_stub = str(WRITTEN_STUB)
    config.GenerateAssignment.preprocessors = [
        _PREPROCESSORS + "LockCells",
        "autograder.nbgrader_plugins.SetPoints",
        "autograder.nbgrader_plugins.ClearExercises",
        _PREPROCESSORS + "ClearOutput",
        _PREPROCESSORS + "CheckCellMetadata",
        _PREPROCESSORS + "ComputeChecksums",
        _PREPROCESSORS + "SaveCells",
    ]


def set_collecting(config: Config) -> None:
    """Who takes submissions out of the exchange, and keeps when each was handed in."""
    config.ExchangeFactory.collect = "autograder.nbgrader_plugins.Collect"


def set_feedback(config: Config) -> None:
    """The page that learners get back, and formgrader's page: neither runs what a submission brings along."""
    config.GenerateFeedback.exporter_class = "autograder.reports.feedback.exporter.FeedbackExporter"
    config.GenerateFeedback.preprocessors = []
    config.ExchangeFactory.release_feedback = "autograder.nbgrader_plugins.ReleaseFeedback"
    # Without this a page stays as it was when points or comments change.
    config.GenerateFeedback.force = True
    config.HTMLExporter.preprocessors = [
        "autograder.reports.feedback.formgrader.HarmlessOutputs",
        "autograder.reports.feedback.rubric.ShowRubric",
    ]
    config.HTMLExporter.filters = {"markdown2html": "autograder.reports.feedback.formgrader.markdown_filter"}
