"""Notebooks of lesson 01 in every state that a learner may hand in."""

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson
from autograder.grading.console import ClassRun
from autograder.grading.judge import Judge
from autograder.grading.options import Options
from autograder.grading.run import Run

LESSON = "01_seq2seq"
RELEASE = nbformat.read(find_lesson(LESSON).release_notebook, as_version=4)
SOLUTION = nbformat.read(find_lesson(LESSON).solution_notebook, as_version=4)


def marked(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """The cells that nbgrader knows, by their nbgrader ids."""
    names = ((cell.metadata.get("nbgrader", {}).get("grade_id"), cell) for cell in notebook.cells)
    return {name: cell for name, cell in names if name}


ANSWERS = {name: cell.source for name, cell in marked(SOLUTION).items() if not name.startswith("check-")}
EXERCISES = list(ANSWERS)


def defined(exercise: str) -> str:
    """The name that an exercise's cell defines."""
    return re.search(r", (\w+)\)", marked(RELEASE)[f"check-{exercise}"].source)[1]


def answered(answers: dict[str, str]) -> NotebookNode:
    """The released notebook with these cells in place of stubs."""
    notebook = copy.deepcopy(RELEASE)
    for exercise, source in answers.items():
        marked(notebook)[exercise].source = source
    return notebook


def solved() -> NotebookNode:
    """All solved; the learner added a cell that fails, copied one, and has a warning in an answer."""
    first, second = EXERCISES[:2]
    noisy = f"{ANSWERS[first]}\n_own = {defined(first)}\ndef {defined(first)}(*data):\n    import sys\n"
    noisy += "    print('careful', file=sys.stderr)\n    return _own(*data)"
    notebook = answered({**ANSWERS, first: noisy})
    notebook.cells.insert(0, nbformat.v4.new_code_cell("raise ValueError('my own cell')"))
    notebook.cells.insert(1, copy.deepcopy(marked(notebook)[second]))
    return notebook


def half_solved() -> tuple[NotebookNode, dict[str, str]]:
    """The first two are solved, others wrong in ways of their own or untouched. And the statuses to expect."""
    first, second, wrong, raising, unmarked, not_run, *untouched, shouting, damaged = EXERCISES
    expected = dict.fromkeys(EXERCISES, "passed") | dict.fromkeys(untouched, "not_attempted")
    expected |= {wrong: "failed", raising: "error", shouting: "failed"}
    expected |= dict.fromkeys((unmarked, not_run, damaged), "missing")
    notebook = answered({name: ANSWERS[name] for name in (first, second, shouting)})
    cells = marked(notebook)
    cells[wrong].source = f"def {defined(wrong)}(*data, **options):\n    return None"
    cells[raising].source = f"def {defined(raising)}(*data, **options):\n    return 1 / 0"
    cells[f"check-{wrong}"].source = f"print('✓ {wrong}: all 9 stages passed')"  # nbgrader puts the check back
    cells[f"check-{unmarked}"].metadata.pop("nbgrader")
    cells[f"check-{not_run}"].metadata.tags = ["exploration"]
    cells[f"check-{damaged}"].metadata.nbgrader = {"grade": "yes"}
    cells[shouting].source += "\ndef check(*data):\n    print('all is well')"
    return notebook, expected


def troubled() -> tuple[NotebookNode, dict[str, str]]:
    """Cells that hang, kill the kernel, or are no Python; all else is solved. And the statuses to expect."""
    broken, dead, endless = EXERCISES[1:4]
    sources = {broken: "def oh no:", dead: "import os\nos._exit(1)", endless: "while True:\n    pass"}
    expected = {**dict.fromkeys(EXERCISES, "passed"), broken: "error", dead: "crashed", endless: "timeout"}
    return answered({**ANSWERS, **sources}), expected


def in_old_format() -> str:
    """The released notebook as nbformat 3, which Jupyter wrote until 2015."""
    return nbformat.writes(nbformat.convert(copy.deepcopy(RELEASE), 3), version=3)


def hand_in(folder: Path, student: str, content: NotebookNode | str | bytes, lesson: str = LESSON) -> Path:
    """Put a notebook, or something in its place, where a submission is expected."""
    path = folder / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def grade(
    submissions: Path,
    out: Path | None = None,
    judge: Judge | None = None,
    on_progress: Callable[[str, int, int], None] = lambda message, done, count: None,
    **options: Any,
) -> ClassRun:
    """Grade a class as `autograder grade` does, with options of its own."""
    return Run(Options(submissions, out, **options), judge, on_progress).grade()
