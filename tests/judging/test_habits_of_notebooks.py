"""What learners do in their notebooks, and what fails only elsewhere: `grade` and `check` say what a person would."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import editor_cases as editor
import grading_cases as cases
import nbformat
import pytest
from nbformat import NotebookNode

from autograder.learner.terminal_check import check_notebook
from autograder.results.grades import ExerciseResult

pytestmark = pytest.mark.filterwarnings("default")  # a learner's warnings are not errors

LESSON, EXERCISE, NAME = "01_seq2seq", "encode_words", "encode_words"
ANSWER = editor.answers(LESSON)[EXERCISE]
AT = editor.place_of(editor.released(LESSON), EXERCISE)
CALLING = f"{ANSWER}\n_own = {NAME}\ndef {NAME}(*data):\n    {{call}}\n    return _own(*data)"


@dataclass(frozen=True)
class Habit:
    """A notebook in which an exercise is solved, and what is to come of it.

    Attributes:
        own: cells of the learner's own above the exercise.
        answer: the exercise's cell.
        below: own cells below it.
        status: of the exercise.
        told: words of the reason.
    """

    own: tuple[str, ...] = ()
    answer: str = ANSWER
    below: tuple[str, ...] = ()
    status: str = "passed"
    told: tuple[str, ...] = ()
    change: Callable[[NotebookNode], None] = lambda notebook: None

    def notebook(self) -> NotebookNode:
        made = editor.answered(LESSON, "make_dictionary")
        editor.find(made, EXERCISE).source = self.answer
        made.cells[AT + 1 : AT + 1] = [editor.cell_of("code", source) for source in self.below]
        made.cells[AT:AT] = [editor.cell_of("code", source) for source in self.own]
        self.change(made)
        return made


def using(call: str) -> str:
    """An answer that calls something of the learner's."""
    return CALLING.format(call=call)


def in_setup(lines: str) -> Callable[[NotebookNode], None]:
    def change(notebook: NotebookNode) -> None:
        setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))
        setup.source = f"{lines}\n{setup.source}"

    return change


def setup_again(notebook: NotebookNode) -> None:
    """The course's setup cell is copied below a cell that resets the kernel."""
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))
    editor.put(notebook, AT, setup.source)
    editor.put(notebook, AT, "%reset -f")


HELPER = "def my_helper(x):\n    return x"
NO_GPU = "the grader has no GPU"
CELL = f"cell {AT + 1} ("
STOPS = {
    "a missing module": Habit(
        ("from d2l import torch as d2l\nimport numpy as np",),
        using("np.array([1])"),
        told=(CELL, "from d2l import torch", "No module named 'd2l'", "do without it"),
    ),
    "drive.mount": Habit(
        (
            "from google.colab import drive\ndrive.mount('/content/drive')\nimport numpy as np\n"
            f"words = open('/content/drive/words.txt').read()\n\n@np.vectorize\n{HELPER}",
        ),
        using("my_helper(np.array([1]))"),
        told=(CELL, "google"),
    ),
    "a missing file": Habit(
        (f"words = open('words.txt').read().split()\nstate = torch.device('cpu')\n{HELPER}",),
        using("my_helper(state)"),
        told=(CELL, "FileNotFoundError", "put what you need into a cell"),
    ),
    "a failing line with magics": Habit(
        (f"%matplotlib inline\nimport seaborn\n%config InlineBackend.figure_format = 'retina'\n{HELPER}",),
        using("my_helper(1)"),
        told=(CELL, "seaborn"),
    ),
    "a timed cell": Habit((f"%%time\nimport seaborn\n{HELPER}",), using("my_helper(1)"), told=(CELL, "seaborn")),
    "in the setup cell": Habit(
        change=in_setup(f"import seaborn as sns\nfast = torch.device('cpu')\n{HELPER}"),
        answer=using("my_helper(fast)"),
        told=("cell 4 (import seaborn as sns)",),
    ),
    "above the def": Habit(
        answer=f"import seaborn as sns\nimport numpy as np\n{using('np.array([1])')}", told=(CELL, "seaborn")
    ),
    "what is missing is needed": Habit(
        ("from d2l import lookup",),
        using("lookup(1)"),
        status="error",
        told=("name 'lookup' is not defined", f"{CELL}from d2l import lookup) stopped with ModuleNotFoundError"),
    ),
    "a trial that fails": Habit(
        below=(f"assert {NAME}([], {{}}) == 7\n{NAME} = None\ndef {NAME}(*data):\n    return None",)
    ),
}
GPUS = {
    "in the answer": Habit(
        answer=using("torch.zeros(1).to('cuda')"), status="error", told=("Torch not compiled with CUDA", NO_GPU)
    ),
    "on a Mac": Habit(answer=using("torch.zeros(1, device='mps')"), status="error", told=(NO_GPU,)),
    "above the answer": Habit(
        ("device = torch.device('cuda')\nweights = torch.zeros(3, device=device)",),
        using("weights.sum()"),
        status="error",
        told=(CELL, "stopped with AssertionError", NO_GPU),
    ),
    "in the answer's cell": Habit(
        answer=f"weights = torch.zeros(3).cuda()\n{using('weights.sum()')}", status="error", told=(NO_GPU,)
    ),
    "asked for": Habit(
        ("device = 'cuda' if torch.cuda.is_available() else 'cpu'",), using("torch.zeros(1, device=device)")
    ),
}
SHELL = {
    "reset, setup again": Habit(change=setup_again),
    "reset above imports": Habit(("%reset -sf\nimport itertools as tools",), using("tools.chain()")),
    "reset by a call": Habit(("get_ipython().run_line_magic('reset', '-f')",)),
    "reset by a method": Habit(("get_ipython().reset()",)),
    "writefile": Habit(
        (f"%%writefile my_helpers.py\n{HELPER}",), f"from my_helpers import my_helper\n{using('my_helper(1)')}"
    ),
    "file": Habit((f"%%file my_file.py\n{HELPER}", "import my_file as mine"), using("mine.my_helper(1)")),
    "written in two parts": Habit(
        ("%%writefile my_parts.py\nOWN = 1", f"%%writefile -a my_parts.py\n{HELPER}", "from my_parts import *"),
        using("my_helper(OWN)"),
    ),
    "written by Python": Habit(
        (f"open('my_module.py', 'w').write({HELPER!r})\nimport my_module",), using("my_module.my_helper(1)")
    ),
    "the answer in a file": Habit(
        (f"%%writefile my_answers.py\nfrom lessons.toolkit.batches import END, UNKNOWN\n{ANSWER}",),
        f"from my_answers import {NAME}",
    ),
    "pdb in the answer": Habit(answer=using("import pdb; pdb.set_trace()")),
    "pdb above it": Habit((f"import pdb\npdb.set_trace()\n{HELPER}",), using("my_helper(1)")),
    "IPython's debugger": Habit(answer=using("__import__('IPython.core.debugger').core.debugger.set_trace()")),
    "a debugger object": Habit(answer=using("__import__('pdb').Pdb().set_trace()")),
    "a debugger that the grader lacks": Habit(answer=using("import ipdb; ipdb.set_trace()")),
    "pudb above it": Habit((f"from pudb import set_trace\nset_trace()\n{HELPER}",), using("my_helper(1)")),
    "breakpoint": Habit(answer=using("breakpoint()")),
}
HABITS = {
    f"{kind}: {name}": habit
    for kind, found in (("stops", STOPS), ("GPU", GPUS), ("shell", SHELL))
    for name, habit in found.items()
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory, sandbox_or_skip) -> dict[str, dict[str, ExerciseResult]]:
    """What `grade` says, by habit and exercise."""
    folder = tmp_path_factory.mktemp("habits")
    for name, habit in HABITS.items():
        cases.hand_in(folder / "class", name.replace("/", " "), json.loads(nbformat.writes(habit.notebook())))
    found: dict[str, dict[str, ExerciseResult]] = {}
    for row in cases.grade(folder / "class", folder / "graded", workers=2, isolation="bubblewrap").results:
        found.setdefault(row.student, {})[row.exercise] = row
    return found


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.parametrize("name", HABITS)
def test_grading_gives_what_an_assistant_would(graded, name):
    row, habit = graded[name][EXERCISE], HABITS[name]
    assert (row.status, row.score) == (habit.status, float(habit.status == "passed")), row.reason
    assert [words for words in habit.told if words not in row.reason] == [], row.reason
    assert graded[name]["make_dictionary"].status == "passed", graded[name]["make_dictionary"].reason


@pytest.mark.slow
@pytest.mark.sandbox
def test_what_needs_no_word_has_none(graded):
    silent = ["stops: a trial that fails", "GPU: asked for", *(name for name in HABITS if name.startswith("shell"))]
    assert {name: graded[name][EXERCISE].reason for name in silent} == dict.fromkeys(silent, "")


@pytest.mark.parametrize("name", [name for name in HABITS if "by a" not in name])
def test_the_terminal_agrees(name, tmp_path, capsys, monkeypatch):
    """All but what asks for IPython's shell, which only a kernel has."""
    monkeypatch.setattr("sys.stdin", None)  # nobody is there to go on in a debugger
    path = tmp_path / f"{LESSON}.ipynb"
    nbformat.write(HABITS[name].notebook(), path)
    assert check_notebook(path) == 1
    told = capsys.readouterr().out
    assert (f"✓ {EXERCISE}:" in told) == (HABITS[name].status == "passed"), told
    assert "✓ make_dictionary:" in told
    if name.startswith("stops") and HABITS[name].told:
        assert re.search(r"! (cell \d+( of your own)? \(.+\)|encode_words) stopped with", told), told
    if NO_GPU in HABITS[name].told and "above" not in name:
        assert NO_GPU in told
