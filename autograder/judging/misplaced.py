"""Answers that were typed into a cell of the course's that does not run: one for exploring, a check, a setup cell."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from autograder.notebooks.cells import cell_words, has_definition
from autograder.notebooks.python_names import bound_names, definitions, names_of_definitions
from autograder.notebooks.released_cells import is_of_a_release
from lessons.toolkit.text import t

if TYPE_CHECKING:
    from autograder.judging.course_notebook import CourseNotebook
    from autograder.judging.matched import Matched, Placed

_KINDS = {"exploration": t("a cell that is not graded"), "check": t("a check cell"), "setup": t("a setup cell")}


def take_misplaced(found: "Matched", course: "CourseNotebook") -> set[str]:
    """Let such an answer run where no other cell has one, and name it where it does not count.

    Returns:
        The exercises whose check cell is an answer's cell now.
    """
    given, checks = {cell.released for cell in course.cells}, set()
    others = [cell for cell in _skipped(found) if cell.written not in given]
    written = [cell for cell in others if not is_of_a_release("code", cell.written)]
    for slug, name in course.defines.items():
        holding = [cell for cell in written if _defines(cell.written, name)]
        if holding and _take(found, course, slug, holding[-1]):
            checks |= {holding[-1].slug} if holding[-1].kind == "check" else set()
        elif holding:
            words = {"name": name, "cells": [cell_words(cell.index or 0, cell.written) for cell in holding]}
            found.note(slug, t("not counted is what defines {name} in {cells}: type it into its own cell", **words))
    return checks


def _defines(source: str, name: str) -> bool:
    """Whether a cell defines a name, in a block of its own too, or was to do so and is no Python."""
    if has_definition(source, name):
        return True
    indented = re.search(rf"^\s+(?:def|class) {name}\b", source, re.MULTILINE)
    return indented is not None and name in names_of_definitions(source)


def _skipped(found: "Matched") -> Iterator["Placed"]:
    return (cell for cell in found.cells if cell.kind in _KINDS and cell.index is not None)


def _take(found: "Matched", course: "CourseNotebook", slug: str, cell: "Placed") -> bool:
    """Let the definitions of a cell run in place of an unchanged stub; whether they do."""
    name, stubs = course.defines[slug], found.of(slug)
    if any(one.source.strip() not in ("", course.stub(slug).strip()) for one in stubs):
        return False
    others = [one for one in found.running if one not in stubs]
    source = definitions(cell.written, {bound for one in others for bound in bound_names(one.source)} - {name})
    if name not in bound_names(source) or any(name in bound_names(one.source) for one in others):
        return False
    for stub in stubs:
        found.cells[found.cells.index(stub)] = replace(stub, source="")
    at = found.cells.index(cell)
    if cell.kind == "setup":
        found.cells.insert(at + 1, replace(cell, index=None, kind="exercise", slug=slug, source=source))
    else:
        found.cells[at] = replace(cell, kind="exercise", slug=slug, source=source)
    own = t("its own cell was left as it was") if stubs else t("its own cell is gone")
    words = {"own": own, "kind": _KINDS[cell.kind], "cell": cell_words(cell.index or 0, cell.written)}
    found.note(slug, t("{own}; what was typed into {kind} counts: {cell}", **words))
    return True
