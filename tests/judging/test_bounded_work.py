"""What is done with a notebook outside the sandbox grows with its size, and no faster; what is slow all the same ends.

Work is counted in characters that Python parses, so that a busy machine changes nothing.
"""

import ast
import copy
import gc
import re
import time

import grading_cases as cases
import nbformat
import pytest

from autograder.course.lessons import find_lesson
from autograder.judging import judge, matching
from autograder.judging.course_notebook import course_notebook
from autograder.judging.judged import ToJudge
from autograder.judging.matched import spoilt_later, untouched
from autograder.judging.matching import match
from autograder.judging.messages import Assignment
from autograder.judging.processor_time import bounded
from autograder.notebooks import python_names
from autograder.notebooks.bounded_cache import BoundedCache
from autograder.notebooks.reading import UnreadableError
from autograder.reports.class_report.similar import LONGEST_ANSWER, form_of
from autograder.sandbox.forkserver import WarmServer
from autograder.sandbox.inside.limits import Limits

SIZE = 500_000  # characters of code that a notebook is filled with
PARSES = 8  # of each character: a cell alone, with its neighbours, without lines for IPython, and what is fetched of it
COURSE = course_notebook(find_lesson(cases.LESSON), cases.RELEASE)


def notebook_of(parts: list[str], marked: bool = True, tags: tuple[str, ...] = ()) -> nbformat.NotebookNode:
    """The solved notebook with cells in place of the first exercise's, each with its marks, or below all others."""
    notebook = cases.answered(cases.ANSWERS)
    old = cases.marked(notebook)[cases.EXERCISES[0]]
    at = next(number for number, cell in enumerate(notebook.cells) if cell is old)
    cells = [nbformat.v4.new_code_cell(part) for part in parts]
    for cell in cells:
        cell.metadata = copy.deepcopy(old.metadata) if marked else nbformat.from_dict({"tags": list(tags)})
    place = slice(at, at + 1) if not tags else slice(len(notebook.cells), None)
    notebook.cells[place] = cells
    return notebook


def repeated(begin: str, line: str, end: str, count: int) -> list[str]:
    """So many cells, together of SIZE characters."""
    return [begin + line * ((SIZE // count - len(begin + end)) // len(line)) + end for _ in range(count)]


def chained(count: int, filling: str) -> nbformat.NotebookNode:
    """Skipped cells, each of which needs the next one, and a cell of the learner's that needs the first."""
    room = SIZE // count - 40
    parts = [f"def f{n}():\n    return f{n + 1}\n" + filling * (room // len(filling)) for n in range(count)]
    notebook = notebook_of(parts, marked=False, tags=("exploration",))
    notebook.cells.insert(0, nbformat.v4.new_code_cell("f0()"))
    return notebook


def refetched() -> nbformat.NotebookNode:
    """An edited setup cell that defines one name after another; each is needed once the one before is there."""
    notebook = cases.answered(cases.ANSWERS)
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))
    setup.source += "\n" + "".join(f"def g{n}():\n    return 1\n" for n in range(90)) + "x = y\n" * 25_000
    for n in range(90):
        made = nbformat.v4.new_code_cell(
            f"def h{n}():\n    return g{n}(), h{n + 1}\n", metadata={"tags": ["exploration"]}
        )
        notebook.cells.append(made)
    notebook.cells.insert(0, nbformat.v4.new_code_cell("h0()"))
    return notebook


SHAPES = {
    "ends in a backslash": lambda: notebook_of([*repeated("q\n", "a\n", "x = \\", 190), "1"]),
    "ends in a backslash, 900 times": lambda: notebook_of([*repeated("q\n", "a\n", "x = \\", 900), "1"]),
    "ends in a backslash, without marks": lambda: notebook_of(
        [*repeated("q\n", "a\n", "x = \\", 500), "1"], marked=False
    ),
    "opens a bracket": lambda: notebook_of(repeated("(a,\n", "a,\n", "", 400)),
    "opens a string": lambda: notebook_of(repeated("'''\n", "a\n", "", 401)),
    "is indented": lambda: notebook_of(["if True:", *repeated("", "    x\n", "", 900)]),
    "five cells as long as are parsed": lambda: notebook_of(repeated("", "a\n", "", 3), marked=False),
    "skipped cells that need one another": lambda: chained(100, "    v = 1\n"),
    "many skipped cells that need one another": lambda: chained(900, "    v = 1\n"),
    "skipped cells that define much more": lambda: chained(100, "a = 1\n"),
    "a setup cell that is asked for again and again": refetched,
}


@pytest.fixture
def parsed(monkeypatch):
    """The lengths of all that is parsed."""
    lengths, parse = [], ast.parse
    monkeypatch.setattr(ast, "parse", lambda source, *rest: (lengths.append(len(source)), parse(source, *rest))[1])
    monkeypatch.setattr(python_names, "names_of", BoundedCache(python_names._names, python_names.REMEMBERED))
    return lengths


def looked_at(notebook: nbformat.NotebookNode) -> matching.Matched:
    """All that is decided of a notebook before and after its cells have run."""
    found = match(notebook, COURSE)
    untouched(found, COURSE)
    for slug, name in COURSE.defines.items():
        spoilt_later(found, slug, name)
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_work_grows_with_the_notebook_alone(shape, parsed):
    notebook = SHAPES[shape]()
    size = sum(len(cell.source) for cell in notebook.cells if cell.cell_type == "code")
    looked_at(notebook)
    assert sum(parsed) < PARSES * size + 4 * matching.MOST_JOINED + 2 * matching.MOST_FETCHED


def trees() -> int:
    """How many syntax trees are in memory."""
    gc.collect()
    return sum(type(one) is ast.Module for one in gc.get_objects())


def test_no_tree_of_a_notebook_is_kept(parsed):
    before = trees()
    looked_at(SHAPES["ends in a backslash"]())
    assert trees() <= before
    assert python_names.names_of.size <= python_names.REMEMBERED


def test_the_cache_forgets_what_was_asked_for_longest_ago():
    asked = []
    cache = BoundedCache(lambda text: asked.append(text) or len(text), 10)
    for text in ("aaaa", "bbbb", "aaaa", "cccc", "aaaa", "bbbb", "x" * 11, "x" * 11):
        assert cache(text) == len(text)
        assert cache.size <= 10
    assert asked == ["aaaa", "bbbb", "cccc", "bbbb", "x" * 11, "x" * 11]


@pytest.mark.parametrize("filling", ["\n", " \n", "\t", "#\n", "import ", "a\n", "%"], ids=repr)
def test_a_long_cell_is_searched_in_one_pass(filling):
    began = time.process_time()
    looked_at(notebook_of(["x" + filling * (SIZE // len(filling)) + "y"], marked=False))
    assert time.process_time() - began < 15


@pytest.mark.parametrize("exercise", ["encoder", "decoder"])
@pytest.mark.parametrize("marked", [True, False])
def test_what_a_learner_has_split_is_still_put_together(exercise, marked):
    notebook = cases.answered(cases.ANSWERS)
    whole = cases.marked(notebook)[exercise]
    at = next(number for number, cell in enumerate(notebook.cells) if cell is whole)
    parts = re.split(r"\n(?=    [^\s])", whole.source)  # before each statement of its body
    parts = parts if marked else [parts[0], "\n".join(parts[1:-1]), parts[-1]]
    cells = [nbformat.v4.new_code_cell(part) for part in parts]
    for number, cell in enumerate(cells):
        cell.metadata = copy.deepcopy(whole.metadata) if marked or number == 0 else nbformat.from_dict({})
    notebook.cells[at : at + 1] = cells
    found = match(notebook, COURSE)
    (answer,) = [cell for cell in found.of(exercise) if cell.source]
    assert len(parts) >= 3
    assert answer.source == whole.source
    assert "its code was split over cells and was put together" in map(str, found.notes[exercise])


def test_what_is_split_over_too_many_cells_says_so():
    found = match(SHAPES["ends in a backslash"](), COURSE)
    assert "split over more cells than are put together" in str(found.notes[cases.EXERCISES[0]])


def test_a_name_is_fetched_of_the_first_skipped_cell_that_defines_it():
    texts = ["import this\na = b + 1\nc = 2", "def a():\n    return c\nd = 1", "def a():\n    return 2"]
    notebook = cases.answered(cases.ANSWERS)
    skipped = [nbformat.v4.new_code_cell(text, metadata={"tags": ["exploration"]}) for text in texts]
    notebook.cells[:0] = [*skipped, nbformat.v4.new_code_cell("a()")]
    fetched = [cell.source for cell in match(notebook, COURSE).cells if cell.kind == "exploration"][:3]
    assert fetched == ["import this\nc = 2", "def a():\n    return c\nd = 1", ""]


def spin(caught: list[Exception] | None = None) -> None:
    """Compute until something is raised; where a list is given, note the first and go on."""
    try:
        while True:
            pass
    except UnreadableError as error:
        if caught is None:
            raise
        caught.append(error)
        spin()


class TestProcessorTime:
    def test_what_takes_too_long_ends_with_a_reason(self):
        with bounded(0.2), pytest.raises(UnreadableError, match=r"more than 0\.2 s"):
            spin()

    def test_nobody_can_catch_it_for_good(self, monkeypatch):
        monkeypatch.setattr("autograder.judging.processor_time.AGAIN_SECONDS", 0.1)
        caught = []
        with bounded(0.1), pytest.raises(UnreadableError):
            spin(caught)
        assert len(caught) == 1

    def test_it_ends_with_the_block(self):
        with bounded(0.1):
            pass
        began = time.process_time()
        while time.process_time() - began < 0.3:
            pass

    @pytest.mark.slow
    @pytest.mark.sandbox
    def test_a_submission_that_reaches_it_gets_a_verdict_and_costs_no_other(
        self, tmp_path, monkeypatch, sandbox_or_skip
    ):
        limits, notebook = Limits(5.0, 30.0), cases.answered(cases.ANSWERS)
        assignment = Assignment(cases.LESSON, limits, b"key", nbformat.writes(cases.RELEASE), [str(tmp_path)])
        todo = ToJudge(nbformat.writes(notebook).encode(), frozenset(cases.EXERCISES), {})
        monkeypatch.setattr(judge, "bounded", lambda: bounded(0.3))
        server = WarmServer(find_lesson(cases.LESSON), limits, [])
        with judge.NotebookJudge(assignment, server) as judging:
            monkeypatch.setattr(judge, "match", lambda *_: spin())
            with pytest.raises(UnreadableError, match=r"more than 0\.3 s"):
                judging.judge(todo)
            monkeypatch.undo()
            assert {verdict.status for verdict in judging.judge(todo).verdicts.values()} == {"passed"}


class TestClassReport:
    def test_a_form_is_no_longer_than_a_hash(self):
        assert len(form_of("x = 1\n" * (LONGEST_ANSWER // 7))) == 64

    def test_what_is_longer_than_an_answer_is_not_compared(self):
        assert form_of("x = 1\n" * LONGEST_ANSWER) == ""
