"""Notebooks of lesson 01 that need mending, and both zoos as notebooks."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import grading_cases as cases
import nbformat
from nbformat import NotebookNode

import autograder
from autograder.checks.registry import find_check

ZOO = Path(autograder.__file__).parent / "checks/zoo" / cases.LESSON
FIRST, SECOND = cases.EXERCISES[:2]

Repair = Callable[[NotebookNode], NotebookNode | str | None]


def own(source: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source)


def solved() -> NotebookNode:
    return cases.answered(cases.ANSWERS)


# What happens to honest notebooks; each is solved, and all exercises are worth their points


def checks_deleted(notebook: NotebookNode) -> None:
    marked = cases.marked(notebook)
    notebook.cells = [cell for cell in notebook.cells if cell not in [marked[f"check-{e}"] for e in cases.EXERCISES]]


def checks_edited(notebook: NotebookNode) -> None:
    for exercise in cases.EXERCISES:
        cases.marked(notebook)[f"check-{exercise}"].source = "raise SystemExit('I do not like this check')"


def checks_moved_to_the_top(notebook: NotebookNode) -> None:
    checks = [cases.marked(notebook)[f"check-{exercise}"] for exercise in cases.EXERCISES]
    notebook.cells = checks + [cell for cell in notebook.cells if cell not in checks]


def all_copied(notebook: NotebookNode) -> None:
    notebook.cells = [copy.deepcopy(cell) for cell in notebook.cells for _ in range(2)]


def stubs_copied_to_the_end(notebook: NotebookNode) -> None:
    notebook.cells += [copy.deepcopy(cases.marked(cases.RELEASE)[exercise]) for exercise in cases.EXERCISES]


def metadata_lost(notebook: NotebookNode) -> str:
    content = json.loads(nbformat.writes(notebook))
    content["nbformat_minor"] = 2
    for cell in content["cells"]:
        cell["metadata"] = {}
        del cell["id"]
    return json.dumps(content)


def strange_versions(notebook: NotebookNode) -> str:
    content = json.loads(nbformat.writes(notebook))
    content["nbformat_minor"] = 99
    content["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "orig_nbformat": 1}
    for cell in content["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"] |= {"schema_version": 77, "points": "many", "grade": None}
    return json.dumps(content)


def old_format(notebook: NotebookNode) -> str:
    return nbformat.writes(nbformat.convert(notebook, 3), version=3)


def split(notebook: NotebookNode, with_marks: bool = True) -> None:
    """Every answer in two cells, cut within its function or class."""
    for exercise in cases.EXERCISES:
        cell = cases.marked(notebook)[exercise]
        lines = cell.source.split("\n")
        middle = max(number for number in range(1, len(lines)) if _is_statement(lines, number))
        second = copy.deepcopy(cell)
        second.id = f"{exercise}-rest"
        if not with_marks:
            second.metadata = NotebookNode()
        cell.source, second.source = "\n".join(lines[:middle]), "\n".join(lines[middle:])
        notebook.cells.insert(notebook.cells.index(cell) + 1, second)


def _is_statement(lines: list[str], number: int) -> bool:
    """Whether a statement of a body begins in a line, and what is above is whole."""
    try:
        compile("\n".join(lines[:number]), "first", "exec")
    except SyntaxError:
        return False
    return bool(re.match(r"    +[^# ]", lines[number]))


def split_without_marks(notebook: NotebookNode) -> None:
    split(notebook, with_marks=False)


def answers_above_the_stubs(notebook: NotebookNode) -> None:
    for exercise in cases.EXERCISES:
        cell = cases.marked(notebook)[exercise]
        notebook.cells.insert(notebook.cells.index(cell), own(cell.source))
        cell.source = cases.marked(cases.RELEASE)[exercise].source


def setup_deleted(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if "setup" not in cell.metadata.get("tags", ())]


def setup_spoilt(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        if "setup" in cell.metadata.get("tags", ()):
            cell.source = "torch = nn = F = Tensor = None"


def help_in_setup(notebook: NotebookNode) -> None:
    setup = next(cell for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))
    setup.source += "\nimport itertools as my_tools\n1 / 0"
    cases.marked(notebook)[FIRST].source += "\nmy_tools.chain()"
    _count_calls(notebook, FIRST, "my_tools.count()")


def help_in_exploration(notebook: NotebookNode) -> None:
    shown = next(cell for cell in notebook.cells if "exploration" in cell.metadata.get("tags", ()))
    shown.source += "\nif ready('nothing'):\n    LIMIT = 7\n    def my_helper():\n        return LIMIT\n1 / 0"
    _count_calls(notebook, SECOND, "my_helper()")


def _count_calls(notebook: NotebookNode, exercise: str, needed: str) -> None:
    name = cases.defined(exercise)
    more = f"\n_own_{name} = {name}\ndef {name}(*data):\n    {needed}\n    return _own_{name}(*data)"
    cases.marked(notebook)[exercise].source += more


def builtins_shadowed_below(notebook: NotebookNode) -> None:
    notebook.cells.append(own("list = [1, 2]; float = 3; len = 5; dict = sorted = zip = range = max = min = None"))
    notebook.cells.append(own("enumerate = set = sum = int = defaultdict = Counter = torch = None"))


def builtins_shadowed_above(notebook: NotebookNode) -> None:
    """Names that the answers do not use, bound anew above all of them, some of them the grader's."""
    first = next(n for n, cell in enumerate(notebook.cells) if cell.get("id") == FIRST)
    for name in ("float, print, open, type", "isinstance, str, repr, getattr", "check, hint, ready, decode, encode"):
        notebook.cells.insert(first, own(f"{name.replace(',', ' =')} = None"))


def slow(notebook: NotebookNode) -> None:
    """As on a machine that has other things to do."""
    for exercise in cases.EXERCISES[:4]:
        _count_calls(notebook, exercise, "__import__('time').sleep(0.3)")


def help_in_own_cells(notebook: NotebookNode) -> None:
    """Helpers with names of the learner's own, above and below the answers that call them."""
    first = next(n for n, cell in enumerate(notebook.cells) if cell.get("id") == FIRST)
    notebook.cells.insert(first, own("import torch as pytorch\ndef my_helper(x):\n    return x"))
    notebook.cells.append(own("def my_other_helper(x):\n    return my_helper(x)"))
    for exercise in (FIRST, SECOND):
        _count_calls(notebook, exercise, "my_other_helper(pytorch)")


def noisy(notebook: NotebookNode) -> None:
    for exercise in cases.EXERCISES:
        source = "import sys, warnings\nwarnings.warn('careful')\nprint('lots')\nprint('err', file=sys.stderr)\n"
        cases.marked(notebook)[exercise].source = source + cases.marked(notebook)[exercise].source
    notebook.cells.insert(3, own("raise ValueError('mine')"))
    notebook.cells.insert(4, own("def oh no"))
    notebook.cells.insert(5, own("deep = " + "-" * 3000 + "1"))
    notebook.cells.insert(5, own("%matplotlib inline\n!ls"))


def many_threads(notebook: NotebookNode) -> None:
    """A cell that computes on several threads: a process that is forked from there would wait for them for ever."""
    work = "torch.set_num_threads(4)\n(torch.randn(900, 900) @ torch.randn(900, 900)).softmax(-1).sum()"
    notebook.cells.insert(3, own(f"import torch\n{work}"))


def left_behind(notebook: NotebookNode) -> None:
    """No gradients, after an evaluation; a breakpoint in an answer."""
    notebook.cells.append(own("torch.set_grad_enabled(False)"))
    _count_calls(notebook, FIRST, "breakpoint()")


def help_run_later(notebook: NotebookNode) -> None:
    """An answer whose cell needs, when it runs, what stands below it."""
    cases.marked(notebook)[FIRST].source += f"\n{cases.defined(FIRST)} = my_decorator({cases.defined(FIRST)})"
    notebook.cells.append(own("def my_decorator(function):\n    return function"))


def numbers_of_numpy(notebook: NotebookNode) -> None:
    """NumPy's numbers where numbers are expected; where later cells need tensors, tensors are wanted."""
    for exercise in ("encode_words", "greedy_decode"):
        name = cases.defined(exercise)
        more = f"\n_own_{name} = {name}\ndef {name}(*data):\n    return of_numpy(_own_{name}(*data))"
        cases.marked(notebook)[exercise].source += more
    kinds = "return np.int64(x) if isinstance(x, int) else"
    one = f"def of_numpy(x):\n    import numpy as np\n    {kinds} type(x)(map(of_numpy, x))"
    notebook.cells.append(own(one))


REPAIRS: tuple[Repair, ...] = (
    *(checks_deleted, checks_edited, checks_moved_to_the_top, all_copied, stubs_copied_to_the_end, metadata_lost),
    *(strange_versions, old_format, split, split_without_marks, answers_above_the_stubs, setup_deleted),
    *(setup_spoilt, help_in_setup, help_in_exploration, builtins_shadowed_below, noisy),
    *(builtins_shadowed_above, slow, help_in_own_cells, many_threads, left_behind, help_run_later),
    numbers_of_numpy,
)


def repaired(repair: Repair) -> NotebookNode | str:
    notebook = solved()
    return repair(notebook) or notebook


# Both zoos: a notebook answers each exercise with one animal of it


def herds(pattern: str) -> list[dict[str, Path]]:
    """Animals as notebooks' worth: exercise → file."""
    found = {exercise: sorted((ZOO / exercise).glob(pattern)) for exercise in cases.EXERCISES}
    count = max(map(len, found.values()))
    return [{e: paths[n] for e, paths in found.items() if n < len(paths)} for n in range(count)]


def herd(animals: dict[str, Path]) -> NotebookNode:
    return cases.answered({exercise: path.read_text(encoding="utf-8") for exercise, path in animals.items()})


def expected_reason(path: Path) -> str:
    """Stage and cause as a result words them, from the header of a wrong answer."""
    from autograder.checks.wording.causes import GENERAL_CAUSES

    text, check = path.read_text(encoding="utf-8"), find_check(path.parent.name)
    stage, cause = (re.search(rf"^# {part}: (\S+)$", text, re.MULTILINE)[1] for part in ("stage", "cause"))
    question = check.causes.get(cause) or GENERAL_CAUSES[cause]
    return " ".join(f"{getattr(type(check), stage).stage_title}: {question}".split())
