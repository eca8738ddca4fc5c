"""`autograder check` runs cells and checks in a process that it ends where it must, and says which line it means."""

import copy
import json
from io import StringIO
from pathlib import Path

import grading_cases as cases
import pytest
from nbformat.v4 import new_code_cell

from autograder.learner import check_process
from autograder.learner.terminal_check import check_notebook
from autograder.subjects.cells import run_cell
from autograder.subjects.errors import describe

SECONDS = 3.0  # of CPU
FOREVER = "while True:\n    pass"
STUBBORN = "while True:\n    try:\n        sum(range(1000))\n    except BaseException:\n        pass"


@pytest.fixture
def check(tmp_path, capsys):
    """Checks a changed copy of the solved lesson 01: exit code and what was printed."""

    def run(change) -> tuple[int, str]:
        notebook = cases.answered(cases.ANSWERS)
        change(notebook, cases.marked(notebook))
        path = tmp_path / f"{cases.LESSON}.ipynb"
        path.write_text(json.dumps(notebook))
        code = check_notebook(path, SECONDS)
        return code, capsys.readouterr().out

    return run


def test_exercise_cells_that_never_end_are_named_and_the_others_go_on(check):
    spoilt = {"pad_batch": FOREVER, "masked_loss": STUBBORN, "greedy_decode": "import os\nos._exit(3)"}
    code, said = check(lambda notebook, cells: [cells[name].update(source=spoilt[name]) for name in spoilt])
    assert code == 1
    for name in spoilt:
        assert said.count(f"! {name} ") == 1
        assert f"✗ {name}: {name} is not defined" in said
    assert said.count("took more than 3 seconds") == 2
    assert "! greedy_decode ended the process that it ran in" in said
    assert said.count("✓") >= 5  # one more needs masked_loss


def test_a_cell_of_ones_own_that_never_ends_is_named_by_its_place_and_how_it_begins(check):
    def spoil(notebook, cells):
        notebook.cells.insert(3, new_code_cell("# a try\nwhile 1: pass"))
        notebook.cells.insert(6, new_code_cell("import time\ntime.sleep(10**6)"))

    code, said = check(spoil)
    assert code == 0
    assert "! cell 4 of your own (# a try) took more than 3 seconds and is left out" in said
    assert "! cell 7 of your own (import time) took more than 3 seconds" in said
    assert "12 of 12 exercises passed" in said


def test_an_answer_that_never_ends_or_ends_its_process_costs_no_other(check):
    def spoil(notebook, cells):
        for name, body in (("pad_batch", "while True: pass"), ("masked_loss", "import os; os._exit(1)")):
            cells[name].source += f"\ndef {cases.defined(name)}(*data, **options):\n    {body}"

    code, said = check(spoil)
    assert code == 1
    assert "✗ pad_batch: took more than 3 seconds" in said
    assert "✗ masked_loss: ended its process" in said
    assert "Is there a loop in your code that never ends" in said
    assert said.count("✓") >= 6
    assert said.count("✗ encoder") + said.count("✓ encoder") == 1


def test_an_error_shows_the_line_of_its_own_cell(check):
    def spoil(notebook, cells):
        for name in ("encode_words", "encoder"):
            cells[name].source = f"# {name}\n" + cells[name].source
        cells["encode_words"].source += "\n\ndef encode_words(words, vocabulary):\n    return words['of encode_words']"

    code, said = check(spoil)
    assert code == 1
    assert "return words['of encode_words']" in said


@pytest.mark.parametrize("sign", ["\x0c", "\x0b", "\x1c", "\x1e", "\x85", "\u2028", "\u2029"])
def test_a_sign_that_ends_no_line_of_python_moves_no_line(sign):
    run_cell(f"text = '''{sign}'''\n# two\ndef answer():\n    return 1 / 0\n", "<cell 1>", namespace := {})
    with pytest.raises(ZeroDivisionError) as raised:
        namespace["answer"]()
    found = describe(raised.value)
    assert (found["number"], found["line"]) == (4, "return 1 / 0")


def test_each_cell_keeps_its_own_lines_whatever_ends_them():
    namespace: dict = {}
    run_cell("def first():\r\n    return 1 / 0\r\n", "<cell 1>", namespace)
    run_cell("def second():\r    raise KeyError('own')\r", "<cell 2>", namespace)
    for name, kind, line in (
        ("first", ZeroDivisionError, "return 1 / 0"),
        ("second", KeyError, "raise KeyError('own')"),
    ):
        with pytest.raises(kind) as raised:
            namespace[name]()
        assert describe(raised.value)["line"] == line


# As grading


def _split(notebook, cells):
    head, _, rest = cells["pad_batch"].source.partition("\n")
    cells["pad_batch"].source = head
    notebook.cells.insert(notebook.cells.index(cells["pad_batch"]) + 1, new_code_cell(rest))


def _split_in_three(notebook, cells):
    lines = cells["encoder"].source.split("\n")
    place = notebook.cells.index(cells["encoder"])
    cells["encoder"].source = "\n".join(lines[:3])
    notebook.cells[place + 1 : place + 1] = [new_code_cell("\n".join(lines[3:5])), new_code_cell("\n".join(lines[5:]))]


def _joined_twice(notebook, cells):
    """Two notebooks one behind the other, as merging tools leave them."""
    notebook.cells += copy.deepcopy(cases.RELEASE).cells


def _joined_with_wrong(notebook, cells):
    other = copy.deepcopy(cases.RELEASE)
    cases.marked(other)["masked_loss"].source = "def masked_loss(*data, **options):\n    return None"
    notebook.cells += other.cells


def _used_before(notebook, cells):
    """Cells in an order of the learner's own: a helper stands below the answer that needs it."""
    helper = new_code_cell("def helper(value):\n    return value")
    cells["encode_words"].source += f"\n_own = {cases.defined('encode_words')}\nhelper(1)"
    notebook.cells.append(helper)


def _spoilt_later(notebook, cells):
    notebook.cells.append(new_code_cell(f"{cases.defined('encode_words')} = None"))


def _wrong(notebook, cells):
    cells["masked_loss"].source = "def masked_loss(*data, **options):\n    return None"
    cells["pad_batch"].source = "def pad_batch(:"


CHANGES = {
    "as it is": lambda notebook, cells: None,
    "split": _split,
    "split in three": _split_in_three,
    "joined": _joined_twice,
    "joined with wrong": _joined_with_wrong,
    "used before": _used_before,
    "spoilt later": _spoilt_later,
    "wrong": _wrong,
}
ENCODINGS = {"bom": "utf-8-sig", "utf-16": "utf-16", "utf-16-be": "utf-16-be", "utf-32": "utf-32"}


@pytest.mark.sandbox
@pytest.mark.usefixtures("sandbox_or_skip")
def test_the_terminal_and_grading_come_to_the_same(tmp_path):
    contents = {}
    for name, change in CHANGES.items():
        notebook = cases.answered(cases.ANSWERS)
        change(notebook, cases.marked(notebook))
        contents[name] = json.dumps(notebook).encode()
    contents |= {name: contents["wrong"].decode().encode(encoding) for name, encoding in ENCODINGS.items()}
    paths = {name: cases.hand_in(tmp_path / "handed", name, content) for name, content in contents.items()}
    rows = cases.grade(tmp_path / "handed", tmp_path / "graded").results
    for name, path in paths.items():
        passed = {row.exercise for row in rows if row.student == name and row.status == "passed"}
        assert _passed_in_terminal(path) == passed, name
    assert len({row.student for row in rows}) == len(paths)


def _passed_in_terminal(path: Path) -> set[str]:
    """The exercises that pass, by what the process of the command says; it is run here, since each loads PyTorch."""
    said = StringIO()
    check_process.check(path, [], [], check_process.Report(said))
    verdicts = [words["verdict"] for line in said.getvalue().splitlines() if "verdict" in (words := json.loads(line))]
    return {verdict["exercise"] for verdict in verdicts if verdict["status"] == "passed"}
