"""nbgrader's *Validate*, and whatever runs notebooks without showing them: they tell only the error of a cell."""

import io

import grading_cases as cases
import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbgrader.validator import Validator
from traitlets.config import Config

from autograder.gradebook.settings import set_grading
from autograder.learner.notebook_api import AnswerRaised, CheckFailed, NotAttempted, check

EXERCISE = "encode_words"
DEFINED = cases.defined(EXERCISE)
WITHOUT_END = f"def {DEFINED}(words, numbers):\n    return [numbers.get(word, 3) for word in words]"
RAISING = f"def {DEFINED}(words, numbers):\n    return words['first']"
TITLE = "known words become their numbers, END closes the sentence"
ANSWERS = {
    WITHOUT_END: f"CheckFailed: {EXERCISE}, stage 1 of 2: {TITLE} The end token is missing.",
    RAISING: f"AnswerRaised: {EXERCISE}, stage 1 of 2: {TITLE} A value is of another kind than the line needs",
    cases.marked(cases.RELEASE)[EXERCISE].source: f"NotAttempted: {EXERCISE}: still to do. Replace the line",
}

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


def notebook(answer: str) -> nbformat.NotebookNode:
    """The setup cells, one exercise and its check."""
    made, cells = nbformat.v4.new_notebook(), cases.marked(cases.answered({EXERCISE: answer}))
    setup = [cell for cell in cases.RELEASE.cells if "setup" in cell.metadata.get("tags", ())]
    made.cells = [*setup, cells[EXERCISE], cells[f"check-{EXERCISE}"]]
    made.metadata = cases.RELEASE.metadata
    return made


@pytest.mark.parametrize(("answer", "told"), ANSWERS.items())
def test_validate_says_what_failed_and_asks_the_question(tmp_path, answer, told):
    nbformat.write(notebook(answer), tmp_path / "x.ipynb")
    set_grading(config := Config())
    validator = Validator(config=config)
    validator.stream = io.StringIO()
    validator.validate_and_print(str(tmp_path / "x.ipynb"))
    said = " ".join(validator.stream.getvalue().split())
    assert told in said
    assert "above" not in said.partition("The error was:")[2]


def test_so_does_what_runs_a_notebook_from_a_terminal(tmp_path):
    run = notebook(WITHOUT_END)
    run.cells[-1].metadata.pop("tags", None)  # where the error ends the run
    client = NotebookClient(run, config=Config(KernelManager={"transport_encryption": "auto"}))
    with pytest.raises(CellExecutionError) as raised:
        client.execute()
    assert ANSWERS[WITHOUT_END] in " ".join(str(raised.value).split())


@pytest.mark.parametrize("kind", [CheckFailed, NotAttempted, AnswerRaised])
def test_the_exception_carries_title_and_question(kind):
    answers = {CheckFailed: lambda words, numbers: [1], AnswerRaised: lambda words, numbers: 1 / 0}
    with pytest.raises(kind) as raised:
        check(EXERCISE, answers.get(kind, _still_to_do))
    lines = raised.value._render_traceback_()
    assert lines[0].startswith(f"{kind.__name__}: {EXERCISE}")
    assert max(map(len, lines)) < 87  # longer ones are cut off by nbgrader
    assert len(lines) > 1


def _still_to_do(words, numbers):
    raise NotImplementedError
