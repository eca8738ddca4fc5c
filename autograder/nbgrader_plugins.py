"""What the course adds to nbgrader's own steps. Loads nbgrader, so only nbgrader and the build import it."""

import math
import os
from datetime import UTC
from glob import escape, glob
from logging import Logger
from pathlib import Path

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseFeedback
from nbgrader.plugins import ExportPlugin, FileNameCollectorPlugin, LateSubmissionPlugin
from nbgrader.preprocessors import ClearSolutions, NbGraderPreprocessor
from traitlets import Bool, Enum, Float

from autograder.course import settings
from autograder.course.source import line_to_replace, stub_of
from autograder.gradebook.course_root import graded_cells
from autograder.languages import language_of, speaking
from autograder.permissions import PRIVATE, close_to_writers
from autograder.submissions.timestamps import SECRET, TIMESTAMP

READABLE = 0o644


class ClearExercises(ClearSolutions):
    """nbgrader's ClearSolutions, whose stub names lesson and exercise, or is the code that is to be mended."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Replace the solution regions of a notebook, in its language."""
        self._language = language_of(nb.metadata)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Replace the solution regions of one cell."""
        if utils.is_solution(cell):
            number = resources["nbgrader"]["assignment"].split("_", 1)[0]
            with speaking(self._language):
                stub = stub_of(cell.source) or line_to_replace(number, cell.metadata["nbgrader"]["grade_id"])
            self.code_stub: dict[str, str] = {**self.code_stub, "python": stub}
        return super().preprocess_cell(cell, resources, cell_index)


class SetPoints(NbGraderPreprocessor):
    """Gives every check and written answer the points of the course.toml in force: the solutions have the course's."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        """Change nbgrader's marks of one notebook where they say something else."""
        for name, marks in graded_cells(nb).items():
            points = settings.points(resources["nbgrader"]["assignment"], name.removeprefix("check-"))
            if marks.get("points") != points:
                marks["points"] = points
        return nb, resources


class _MarksExport(ExportPlugin):
    """One of the tables that `autograder marks` writes."""

    table = ""

    def export(self, gradebook: Gradebook) -> None:
        """Write the table, to the file that --to names or to one of the table's name."""
        from autograder.csv_tables import write_table
        from autograder.reports.marks import read_marks
        from autograder.reports.marks_export import tables

        path = Path(self.to or self.table)
        write_table(path, *tables(read_marks(gradebook))[self.table])
        self.log.info("Exported to %s", path)


class MoodleExport(_MarksExport):
    """`nbgrader export --exporter=autograder.nbgrader_plugins.MoodleExport`: for Moodle's import."""

    table = "moodle.csv"


class CanvasExport(_MarksExport):
    """`nbgrader export --exporter=autograder.nbgrader_plugins.CanvasExport`: for Canvas's import."""

    table = "canvas.csv"


class LmsCollector(FileNameCollectorPlugin):
    """Names as Moodle and Canvas make them, for `nbgrader zip_collect`; `autograder collect` needs no pattern either.

    A pattern of one's own (`FileNameCollectorPlugin.named_regexp`) goes before.
    """

    def _match(self, filename: str) -> dict[str, str] | None:
        """nbgrader's groups of a file's path."""
        from autograder.submissions.filename_patterns import nbgrader_groups

        return super()._match(filename) if self.named_regexp else nbgrader_groups(filename)


class Collect(ExchangeCollect):
    """nbgrader's own, which believes the time in the name of a student's folder, and leaves copies open to all users.

    This one writes receipts: they are in collected.csv beside the students' folders, and `autograder grade` believes
    only them. And no other user of the machine can change the copies.
    """

    change_times = Bool(
        True,
        help="A folder that was changed after the time in its name counts as handed in when it was changed. Turn it off"
        " for an exchange that was moved or brought back from a copy.",
    ).tag(config=True)

    def do_copy(self, src: str, dest: str, log: Logger | None = None) -> None:
        """Copy a submission, without symbolic links, and write its receipt."""
        from autograder.submissions import exchange

        inbound, folder = Path(src), Path(dest)
        if inbound.is_symlink():
            self.log.warning("%s is a symbolic link, and is not followed", inbound.name)
            return
        record = next(one for one in self.src_records if one["filename"] == inbound.name)
        changed = exchange.last_changed(inbound) if self.change_times else None
        ignored, links = self.coursedir.ignore, sorted(set(exchange.links_in(inbound)))
        if links:
            self.log.warning("%s: symbolic links are left out: %s", inbound.name, ", ".join(links))
        try:
            self.coursedir.ignore = [*ignored, *map(escape, links)]
            super().do_copy(src, dest, log)
        finally:
            self.coursedir.ignore = ignored
        if told := exchange.enter(inbound.name, folder, record["timestamp"].replace(tzinfo=UTC), changed):
            self.log.warning("%s; that counts", told)

    def copy_files(self) -> None:
        """Copy what was handed in; no other user of the machine can change the copies."""
        folder = Path(self.coursedir.format_path(self.coursedir.submitted_directory, ".", ".")).resolve()
        folder.mkdir(PRIVATE, parents=True, exist_ok=True)
        super().copy_files()
        if told := close_to_writers(folder):
            self.log.info(told)


class ReleaseFeedback(ExchangeReleaseFeedback):
    """nbgrader's own, which gives up where a student handed in some other way; this one passes those over.

    What it puts there students can read. The folder cannot be listed, and a page's name is known to its student alone.
    """

    def copy_files(self) -> None:
        """Put the pages of those who handed in through the exchange where these find them."""
        folders = {Path(found).parent for found in glob(os.path.join(self.src_path, "*.html"))}
        others = sorted(folder.parent.name for folder in folders if not _has_receipt(folder))
        if others:
            self.log.info("Not through the exchange, so not released: %s", ", ".join(others))
        self.coursedir.student_id_exclude = ",".join([self.coursedir.student_id_exclude, *others])
        super().copy_files()
        for page in Path(self.dest_path).glob("*.html"):  # a copy has the mode of the page, which is the class's alone
            if page.stat().st_uid == os.geteuid():
                page.chmod(READABLE)


def _has_receipt(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (TIMESTAMP, SECRET))


class LatePenalty(LateSubmissionPlugin):
    """nbgrader's penalties for late submissions, and one by the day; course.toml says which, under [late]."""

    penalty_method = Enum(("none", "zero", "per_day"), "none", help="What a late submission loses.").tag(config=True)
    share_per_day = Float(0.1, help="The share of its score that each day begun costs.").tag(config=True)
    grace_seconds = Float(0.0, help="So late is still on time.").tag(config=True)

    def late_submission_penalty(self, student_id: str, score: float, total_seconds_late: float) -> float | None:
        """The points that a late submission loses, at most all of them; None where it loses none."""
        if total_seconds_late <= self.grace_seconds:
            return None
        if self.penalty_method == "per_day":
            days = math.ceil(total_seconds_late / 86_400)
            return min(1.0, self.share_per_day * days) * score
        return super().late_submission_penalty(student_id, score, total_seconds_late)
