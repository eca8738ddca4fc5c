"""What the course adds to nbgrader's own steps. Loads nbgrader, so only nbgrader and the build import it."""

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.preprocessors import ClearSolutions


class ClearExercises(ClearSolutions):
    """nbgrader's ClearSolutions with a stub whose error names lesson and exercise."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Replace the solution regions of one cell."""
        if utils.is_solution(cell):
            stub = _stub(resources["nbgrader"]["assignment"], cell.metadata["nbgrader"]["grade_id"])
            self.code_stub = {**self.code_stub, "python": stub}
        return super().preprocess_cell(cell, resources, cell_index)


def _stub(lesson: str, exercise: str) -> str:
    number = lesson.split("_", 1)[0]
    return f'raise NotImplementedError("Lesson {number}, exercise {exercise}: replace this line with your code")'
