"""The course's settings for `nbgrader autograde`. Importing this module loads no nbgrader."""

from traitlets.config import Config

from autograder.course import settings

_NBGRADER = "nbgrader.preprocessors."
_COURSE = "autograder.gradebook.autograde_steps."


def set_grading(config: Config) -> None:
    """How a submission is run and scored, by `autograder grade` and by nbgrader's own command alike."""
    limits = settings.in_force()["limits"]
    config.RunSubmission.seconds_per_cell = float(limits["seconds_per_exercise"])
    config.RunSubmission.seconds_per_submission = float(limits["seconds_per_submission"])
    config.RunSubmission.skip_cells_with_tag = "exploration"
    config.RunSubmission.shutdown_kernel = "immediate"  # learners' clean-up code could keep the kernel alive
    late = settings.in_force()["late"]
    config.AssignLatePenalties.plugin_class = "autograder.nbgrader_plugins.LatePenalty"
    config.LatePenalty.penalty_method = late["penalty"]
    config.LatePenalty.share_per_day = float(late["share_per_day"])
    config.LatePenalty.grace_seconds = 60.0 * late["grace_minutes"]
    config.KernelManager.transport_encryption = "auto"  # else recent kernels warn on the terminal
    # By default nbgrader's export would write over the grader's own grades.csv.
    config.CsvExportPlugin.to = "gradebook.csv"
    config.Autograde.sanitize_preprocessors = [
        _NBGRADER + "ClearOutput",
        _COURSE + "FindWrittenAnswers",
        _COURSE + "DropDamagedMetadata",
        _NBGRADER + "DeduplicateIds",
        _NBGRADER + "OverwriteKernelspec",
        _NBGRADER + "OverwriteCells",
        _COURSE + "DropDamagedMetadata",  # the two steps above leave cells that the next one refuses
        _NBGRADER + "CheckCellMetadata",
    ]
    config.Autograde.autograde_preprocessors = [
        _COURSE + "RunSubmission",
        _COURSE + "RequireEvidence",
        _NBGRADER + "LimitOutput",
        _COURSE + "SaveGrades",
        _NBGRADER + "AssignLatePenalties",
        _NBGRADER + "CheckCellMetadata",
    ]
