"""Reads the attacks in tests/attacks: what each hands in, and the verdict that it must get.

A file begins with comments that say what it tries and what must come of it:

    # What the submission does.
    # base: unsolved
    # verdict: make_dictionary failed|error, others passed

`base` says what stands in the cells that the attack leaves alone: the solution, or with `unsolved` the stubs.
`verdict` names a status, or several that are equally right, for exercises and for all `others`.

Below stand cells in jupytext's percent format. One titled with an nbgrader id takes the place of that cell, one titled
`end` comes last, and others come above the first exercise. Where the notebook itself is the attack, the file defines
`hand_in(path, notebook)` in their place, which writes what is handed in.
"""

import importlib.util
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grading_cases as cases
import jupytext
from nbformat import NotebookNode

from autograder.checks.framework.trial import RecordedCase, Trial
from autograder.checks.recording import recorded_values
from autograder.checks.reference import reference_answer
from autograder.checks.registry import find_check
from autograder.course.lessons import find_lesson
from autograder.subjects.subject import LocalSubject

FOLDER = Path(__file__).parents[1] / "attacks"


@dataclass(frozen=True)
class Attack:
    """A file of tests/attacks."""

    path: Path

    @property
    def name(self) -> str:
        return f"{self.path.parent.name} {self.path.stem}"

    @property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def expected(self) -> dict[str, set[str]]:
        """The statuses that each exercise may have."""
        stated = dict(part.split() for part in ", ".join(self._stated("verdict")).split(", "))
        others = stated.pop("others", stated.pop("all", None))
        unknown = stated.keys() - set(cases.EXERCISES)
        assert not unknown, f"{self.path}: no exercise is called {unknown}"
        return {exercise: set(stated.get(exercise, others).split("|")) for exercise in cases.EXERCISES}

    def _stated(self, what: str) -> list[str]:
        return re.findall(rf"^# {what}: (.+)$", self.text, re.MULTILINE)

    def hand_in(self, folder: Path, fillings: dict[str, str]) -> None:
        """Put the submission into a folder of submissions, with paths and numbers of this run filled in."""
        notebook = cases.answered({} if self._stated("base") == ["unsolved"] else cases.ANSWERS)
        if "\ndef hand_in(" in self.text:
            path = folder / self.name / cases.LESSON / f"{cases.LESSON}.ipynb"
            path.parent.mkdir(parents=True)
            _module(self.path).hand_in(path, notebook)
            return
        for cell in jupytext.reads(self._filled(fillings), fmt="py:percent").cells:
            _place(cell, notebook)
        cases.hand_in(folder, self.name, notebook)

    def _filled(self, fillings: dict[str, str]) -> str:
        source = self.text[self.text.index("# %%") :]
        for name, value in fillings.items():
            source = source.replace("{" + name + "}", value)
        for exercise in ("encode_words", "make_dictionary"):
            if (name := f"RECORDED_{exercise.upper()}") in source:
                source = source.replace(name, repr(_recorded(exercise)))
        return source


def _place(cell: NotebookNode, notebook: NotebookNode) -> None:
    title = cell.metadata.pop("title", "")
    marked = cases.marked(notebook)
    if title in marked:
        marked[title].source = cell.source
    elif title == "end":
        notebook.cells.append(cell)
    else:
        first = next(n for n, found in enumerate(notebook.cells) if found is marked[cases.EXERCISES[0]])
        notebook.cells.insert(first, cell)


def _module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _recorded(exercise: str) -> list[tuple[Any, Any]]:
    """What the recorded case of an exercise asks first and the right answers, as a learner can find them out."""
    asked, solution = [], reference_answer(find_lesson(cases.LESSON), exercise)

    def spy(first: Any, *more: Any) -> Any:
        asked.append((first, solution(first, *more)))
        return asked[-1][1]

    find_check(exercise).run(Trial(LocalSubject(spy), RecordedCase(recorded_values(exercise))))
    return asked


ATTACKS = [Attack(path) for path in sorted(FOLDER.glob("*/*.py"))]
