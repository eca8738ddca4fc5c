"""The course's steps in `nbgrader autograde`. Loads nbgrader, so only nbgrader imports it."""

import copy
import os
import tempfile
from pathlib import Path
from time import monotonic
from typing import Any

import nbformat
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator
from nbgrader.preprocessors import Execute, NbGraderPreprocessor, SaveAutoGrades
from traitlets import Float

from autograder.course.lessons import all_lessons
from autograder.gradebook.executed_checks import CRASHED, NO_RESULT, NOT_RUN, TIMED_OUT, errors, has_passed
from autograder.judging.in_english import language_in, release_in
from autograder.notebooks import harmless
from autograder.notebooks.verdict_metadata import drop_notes
from autograder.notebooks.written_answers import find_written, place_written

Step = tuple[NotebookNode, ResourcesDict]

KERNEL_ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",  # never opens a window
    "TQDM_DISABLE": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
}


class DropDamagedMetadata(NbGraderPreprocessor):
    """Takes nbgrader's metadata off cells where it is damaged, or repeated as in a copied cell.

    nbgrader would refuse the whole notebook. What only grading notes in metadata is taken off too.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: ResourcesDict, cell_index: int) -> Step:
        """Look at one cell."""
        drop_notes(cell)
        try:
            MetadataValidator().validate_cell(cell)
        except Exception as error:  # the validator itself trips over some of what it is there to find
            self.log.warning("Cell %d: nbgrader metadata dropped (%s)", cell_index, type(error).__name__)
            cell.metadata.pop("nbgrader")
        return cell, resources


class FindWrittenAnswers(NbGraderPreprocessor):
    """Puts the marks of a written answer on the cell that holds it, whatever an editor did to its own."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Step:
        """Look through a notebook of a lesson that this course has."""
        lesson = next((one for one in all_lessons() if one.slug == resources["nbgrader"]["assignment"]), None)
        if lesson is not None:
            translated = release_in(lesson, language_in(nb, lesson))
            released = translated or nbformat.read(lesson.release_notebook, as_version=4)
            place_written(nb, [answer for answer in find_written(nb, released) if answer.attempted])
        return nb, resources


class RunSubmission(Execute):
    """nbgrader's Execute, where a cell that hangs or kills the kernel costs no other cell.

    After such a cell a new kernel takes over: it runs again the cells above that went well, checks excepted.
    """

    seconds_per_cell = Float(10.0, help="Time for one cell; a setup cell has the submission's.").tag(config=True)
    seconds_per_submission = Float(60.0, help="Time for all cells, new kernels included.").tag(config=True)

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict, km: Any = None) -> Step:
        """Run the cells of a notebook in order."""
        self._deadline: float | None = None
        self._stopped: tuple[str, str] | None = None
        self.timeout_func = self._seconds_for
        evalue = f"the cell took longer than {self.seconds_per_cell:g} s"
        self.error_on_timeout = {
            "ename": TIMED_OUT,
            "evalue": evalue,
            "traceback": [f"{TIMED_OUT}: {evalue}"],
        }
        with tempfile.TemporaryDirectory(prefix="autograder-ipython-") as folder:
            self._environment = {**os.environ, **KERNEL_ENVIRONMENT, "IPYTHONDIR": folder}
            return super().preprocess(nb, resources, km)

    def preprocess_cell(self, cell: NotebookNode, resources: ResourcesDict, index: int) -> Step:
        """Run one cell, unless the submission's time is used up."""
        if self._deadline is None:  # the clock starts when the kernel stands
            self._deadline = monotonic() + self.seconds_per_submission
        if self._stopped is None and monotonic() > self._deadline:
            self._stopped = (TIMED_OUT, f"the submission took longer than {self.seconds_per_submission:g} s")
        if self._stopped is not None:
            _add_error(cell, *self._stopped)
            return cell, resources
        try:
            return super().preprocess_cell(cell, resources, index)
        except (DeadKernelError, CellTimeoutError) as error:
            _add_error(cell, *_told(error))
            self._take_new_kernel(index)
        return cell, resources

    async def async_start_new_kernel(self, **kwargs: Any) -> None:
        """Start a kernel in an environment that is the same for every grader."""
        await super().async_start_new_kernel(env=self._environment, **kwargs)

    def _seconds_for(self, cell: NotebookNode) -> float:
        assert self._deadline is not None  # preprocess_cell has started the clock
        left = max(self._deadline - monotonic(), 0.1)
        return left if "setup" in cell.metadata.get("tags", ()) else min(left, self.seconds_per_cell)

    def _take_new_kernel(self, index: int) -> None:
        self._cleanup_kernel()
        self.km = self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()
        try:
            for number, cell in enumerate(self.nb.cells[:index]):
                if cell.cell_type == "code" and not utils.is_grade(cell) and not errors(cell):
                    self.execute_cell(copy.deepcopy(cell), number)
        except (DeadKernelError, CellTimeoutError):
            self._stopped = (CRASHED, "the notebook ended its kernel twice; nothing after that was run")


class RequireEvidence(NbGraderPreprocessor):
    """Gives a check cell that printed no pass line an error, since nbgrader takes silence for success.

    A passed check loses what nbgrader would count: text on stderr, such as a warning, and a displayed value.
    """

    def preprocess_cell(self, cell: NotebookNode, resources: ResourcesDict, cell_index: int) -> Step:
        """Look at one cell's outputs."""
        if cell.cell_type != "code" or not utils.is_grade(cell) or utils.is_solution(cell):
            return cell, resources
        if has_passed(cell):
            cell.outputs = [_as_printed(output) for output in cell.outputs if output.output_type != "execute_result"]
        elif not errors(cell):
            ran = cell.get("execution_count") is not None
            _add_error(
                cell,
                *((NO_RESULT, "the check printed no result") if ran else (NOT_RUN, "the check did not run")),
            )
        return cell, resources


class SaveGrades(SaveAutoGrades):
    """nbgrader's SaveAutoGrades; a check that the notebook lacks scores 0, whatever it scored before."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Step:
        """Write the scores of a notebook to the gradebook."""
        names = resources["nbgrader"]
        present = {cell.metadata.nbgrader.grade_id for cell in nb.cells if utils.is_grade(cell)}
        with Gradebook(names["db_url"]) as gradebook:
            submitted = gradebook.find_submission_notebook(names["notebook"], names["assignment"], names["student"])
            for grade in submitted.grades:
                if grade.name not in present:
                    grade.auto_score = 0.0
                    grade.needs_manual_grade = grade.manual_score is not None
            gradebook.db.commit()
        return super().preprocess(nb, resources)


class MakeHarmless(NbGraderPreprocessor):
    """Writes nothing into `autograded` that would run in the page of formgrader, or of whatever else renders it."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> Step:
        """Change texts, attachments, metadata and outputs."""
        harmless.make_harmless(nb, self._given(resources))
        for cell in nb.cells:
            if cell.cell_type == "code":
                cell.outputs = harmless.harmless_outputs(cell.outputs)
        return nb, resources

    def _given(self, resources: ResourcesDict) -> set[str]:
        """The texts of the course; none where this step runs by itself."""
        directory = getattr(getattr(self.parent, "parent", None), "coursedir", None)  # of exporter and converter
        if directory is None:
            return set()
        names = resources["nbgrader"]
        folder = directory.format_path(directory.release_directory, ".", names["assignment"])
        path = Path(os.path.normpath(folder), f"{names['notebook']}.ipynb")
        return {cell.source for cell in nbformat.read(path, as_version=4).cells} if path.is_file() else set()


def _as_printed(output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream":
        output.name = "stdout"
    return output


def _told(error: Exception) -> tuple[str, str]:
    if isinstance(error, DeadKernelError):
        return CRASHED, "the Python process died while the cell ran"
    return TIMED_OUT, "the cell took too long and could not be interrupted"


def _add_error(cell: NotebookNode, ename: str, evalue: str) -> None:
    if cell.cell_type == "code":
        output = nbformat.v4.new_output("error", ename=ename, evalue=evalue, traceback=[f"{ename}: {evalue}"])
        cell.outputs.append(output)
