"""Finds the cells of a lesson in what a learner handed in, and mends what is innocently broken.

The notebook can come from any editor: cells may be copied, split, moved, deleted, or have lost ids and metadata. What
runs are the course's own setup cells and the learner's own cells, in notebook order. Check cells never run.
"""

import builtins
import re
from dataclasses import replace
from typing import Any

from nbformat import NotebookNode

from autograder.judging.course_notebook import CourseCell, CourseNotebook
from autograder.judging.matched import Matched, Placed, without
from autograder.judging.misplaced import take_misplaced
from autograder.judging.origin import other_release
from autograder.judging.turned_cells import with_cells_turned_back
from autograder.notebooks.cell_matching import find_known
from autograder.notebooks.cells import cell_words
from autograder.notebooks.python_names import bound_names, definitions, is_python, names_of_definitions, used_names
from autograder.notebooks.repair import REBUILT
from lessons.toolkit.text import t

LONGEST_CELL = 1_000_000  # characters of a cell that runs
MOST_FETCHES = 100  # skipped cells of which something runs
MOST_JOINED = 200_000  # characters that are tried in putting split cells together: some hundred times a long answer
MOST_FETCHED = 400_000  # characters of skipped cells that are searched for what cells that run need
_INDENTED = re.compile(r"(?:[^\S\n]*+(?:#.*+)?\n)*+[ \t]++[^\s#]")  # the first line of code
_TEXT_KINDS = {"markdown": t("Markdown"), "raw": t("raw text")}
_NAMES = {"exercise": t("its cell"), "check": t("its check cell"), "setup": t("a setup cell")}
_CHECK_CALL = re.compile(r"""check\((["'])(\w+)\1,[^\n()]+\)""")


def match(notebook: NotebookNode, course: CourseNotebook) -> Matched:
    """Say of each code cell what it is and what of it runs."""
    cells = with_cells_turned_back(notebook, course)
    code = [(index, cell) for index, cell in enumerate(cells) if cell.cell_type == "code"]
    found = Matched([_identified(index, cell, course) for index, cell in code], defines=course.defines)
    found.release = other_release(notebook, course.lesson, course.released)
    if REBUILT in notebook.metadata:
        found.note("", t("the file was damaged; all its cells were kept, and what could not be read was left out"))
    _settle_checks(found, course)
    _join_split_cells(found, course)
    _find_by_name(found, course)
    _note_turned(found, notebook)
    _drop_idle_stubs(found, course)
    taken = take_misplaced(found, course)
    _place_setup(found, course)
    _fetch_names(found)
    _note_lost_checks(found, course, taken)
    return found


def _note_turned(found: Matched, notebook: NotebookNode) -> None:
    """Say which cells were no code any more."""
    for cell in found.cells:
        kind = "code" if cell.index is None else notebook.cells[cell.index].cell_type
        if cell.index is not None and kind != "code":
            told = {"kind": _TEXT_KINDS.get(kind, kind), "cell": cell_words(cell.index, cell.written)}
            about = cell.slug if cell.kind in ("exercise", "check") else ""
            name = _NAMES.get(cell.kind, _NAMES["exercise"])
            found.note(about, t("{name} had become {kind} and was turned back into code: {cell}", name=name, **told))


def _identified(index: int, cell: NotebookNode, course: CourseNotebook) -> Placed:
    """By grade id, else by cell id, else by its unchanged text, else by its tags."""
    source = cell.source
    kind, slug = _by_marks(cell, course) or ("own", "")
    runs = kind in ("exercise", "own") and source.strip() and len(source) <= LONGEST_CELL
    return Placed(index, kind, slug, source if runs else "", source)


def _by_marks(cell: NotebookNode, course: CourseNotebook) -> tuple[str, str] | None:
    known = find_known(cell, [one.given for one in course.cells])
    for one in course.cells:
        if one.given is known:
            return one.kind, (one.cell_id if one.kind == "setup" else one.slug)
    call = _CHECK_CALL.fullmatch(cell.source.strip())
    if call and call[2] in course.defines:
        return "check", call[2]
    tags = _tags(cell)
    return next(((kind, "") for kind in ("setup", "exploration") if kind in tags), None)


def _tags(cell: NotebookNode) -> list[Any]:
    tags = cell.metadata.get("tags", ())
    return list(tags) if isinstance(tags, list | tuple) else []


def _settle_checks(found: Matched, course: CourseNotebook) -> None:
    """Of several cells marked as one check, one is the check; others with text of their own are the learner's."""
    originals = {cell.slug: cell.released for cell in course.cells if cell.kind == "check"}
    for slug in course.defines:
        marked = found.of(slug, "check")
        real = next((cell for cell in marked if cell.written == originals[slug]), None)
        if real is None or len(marked) == 1:
            if marked and real is None:
                found.note(slug, t("its check cell was edited; the course's own check was used"))
            continue
        found.note(slug, t("its check cell is there {count} times", count=len(marked)))
        for cell in marked:
            if cell.written != originals[slug] and not _CHECK_CALL.fullmatch(cell.written.strip()):
                _replace(found, cell, replace(cell, kind="own", slug="", source=cell.written))


def _replace(found: Matched, old: Placed, new: Placed) -> None:
    found.cells[next(number for number, cell in enumerate(found.cells) if cell is old)] = new


def _join_split_cells(found: Matched, course: CourseNotebook) -> None:
    """Put the parts of an exercise's code that was split over cells together again.

    What was put together grows with each part and is looked at anew, so that there is an end to what is tried.
    """
    left = MOST_JOINED
    for number in range(len(found.cells) - 1, 0, -1):
        first, second = found.cells[number - 1 : number + 1]
        left -= len(first.source) + len(second.source) if _may_be_rest(first, second) else 0
        if left < 0:
            found.note(first.slug or second.slug, t("its code is split over more cells than are put together"))
            return
        if _may_be_rest(first, second) and _is_rest(first, second):
            slug = first.slug or second.slug
            if slug and first.slug in ("", slug) and second.slug in ("", slug):
                joined = f"{first.source}\n{second.source}"
                found.cells[number - 1] = replace(first, kind="exercise", slug=slug, source=joined)
                found.cells[number] = replace(second, kind="own", slug="", source="")
                found.note(slug, t("its code was split over cells and was put together"))
            elif _may_go_on(first, number, found):
                joined = f"{first.source}\n{second.source}"
                found.cells[number - 1] = replace(first, source=joined)
                found.cells[number] = replace(second, source="")


def _may_go_on(first: Placed, number: int, found: Matched) -> bool:
    """Whether a cell without marks may be the middle of a split exercise: an exercise's cell stands above."""
    above = [cell for cell in found.cells[: number - 1] if cell.source]
    return first.kind == "own" and bool(above) and above[-1].kind == "exercise" and _begins_indented(first.source)


def _may_be_rest(first: Placed, second: Placed) -> bool:
    """Whether the second cell can be no cell of its own, or the first one lacks an end."""
    if not {first.kind, second.kind} <= {"exercise", "own"} or not first.source or not second.source:
        return False
    return _begins_indented(second.source) or not is_python(first.source)


def _is_rest(first: Placed, second: Placed) -> bool:
    """Whether the second cell, which may be that, only makes sense as the end of the first."""
    return _begins_indented(first.source) or is_python(f"{first.source}\n{second.source}")


def _begins_indented(source: str) -> bool:
    return _INDENTED.match(source) is not None


def _find_by_name(found: Matched, course: CourseNotebook) -> None:
    """Take an unmarked cell that defines an exercise's name for that exercise's, where no cell is marked so."""
    for slug, name in course.defines.items():
        if found.of(slug):
            continue
        defining = [cell for cell in found.cells if cell.kind == "own" and name in bound_names(cell.source)]
        if defining:
            _replace(found, defining[-1], replace(defining[-1], kind="exercise", slug=slug))
            found.note(slug, t("its cell had lost its marks and was found because it defines {name}", name=name))


def _drop_idle_stubs(found: Matched, course: CourseNotebook) -> None:
    """Leave an unchanged stub out where another cell defines the same name."""
    for slug, name in course.defines.items():
        stub = course.stub(slug).strip()
        marked = found.of(slug)
        written = [cell for cell in marked if cell.source.strip() != stub]
        if len(marked) > 1:
            found.note(
                slug,
                t("{count} cells are marked as its answer; the last one that was filled in counts", count=len(marked)),
            )
        others = written or [cell for cell in without(found.running, marked) if name in bound_names(cell.source)]
        if others:
            for idle in without(marked, written):
                _replace(found, idle, replace(idle, source=""))
        if others and not written:
            found.note(slug, t("its cell was left as it was; the answer was found in another cell"))


def _place_setup(found: Matched, course: CourseNotebook) -> None:
    """The course's setup cells take the place of the learner's copies; those that are gone are put in."""
    numbers = {cell.cell_id: number for number, cell in enumerate(course.cells)}
    copies = [cell for cell in found.cells if cell.kind == "setup"]
    for known in course.setup:
        copy = _copy_of(known, copies, found)
        if copy is not None:
            copies.remove(copy)
            _replace(found, copy, replace(copy, source=known.released, slug=known.cell_id))
        else:
            at = _place_for(numbers[known.cell_id], found, course)
            found.cells.insert(at, Placed(None, "setup", known.cell_id, known.released))
            if found.release is None:
                found.note("", t("a setup cell of the course was missing or had lost its marks; it was put in"))


def _copy_of(known: CourseCell, copies: list[Placed], found: Matched) -> Placed | None:
    """The learner's copy of a setup cell: marked with its id, or with its text."""
    return next((cell for cell in copies if cell.slug == known.cell_id), None) or next(
        (cell for cell in copies if cell.written == known.released), None
    )


def _place_for(number: int, found: Matched, course: CourseNotebook) -> int:
    """Where a setup cell belongs: above the first cell of the lesson that comes after it."""
    later = {(cell.kind, cell.slug) for cell in course.cells[number + 1 :] if cell.slug}
    if number == 0:
        return 0
    return next((at for at, cell in enumerate(found.cells) if (cell.kind, cell.slug) in later), len(found.cells))


def _fetch_names(found: Matched) -> None:
    """Run of skipped cells the imports and definitions that a cell which runs needs."""
    running = found.running
    bound = {name for cell in running for name in bound_names(cell.source)} | set(vars(builtins))
    needed = {name for cell in running if cell.kind != "setup" for name in used_names(cell.source)} - bound
    left = MOST_FETCHED
    for _ in range(MOST_FETCHES):
        number = _first_with(found, needed, bound) if needed else None
        if number is None:
            return
        cell = found.cells[number]
        left -= len(cell.written)
        if left < 0:
            found.note("", t("skipped cells hold more of what other cells need than is searched for it"))
            return
        source = definitions(cell.written, bound, computed=cell.kind == "setup")
        if not source:
            return  # nested deeper than it can be written
        found.cells[number] = replace(cell, source=f"{cell.source}\n{source}" if cell.source else source)
        bound |= bound_names(source)
        needed = (needed | (used_names(source) if cell.kind != "setup" else set())) - bound


def _first_with(found: Matched, needed: set[str], bound: set[str]) -> int | None:
    """The first skipped cell that defines one of the names, and in the same statement none that is bound."""
    for number, cell in enumerate(found.cells):
        if cell.kind not in ("exploration", "setup") or (cell.kind == "exploration" and cell.source):
            continue
        defined = names_of_definitions(cell.written, bound, computed=cell.kind == "setup")
        if needed & bound_names(cell.written) and needed & defined:
            return number
    return None


def _stands_above(first: Placed, second: Placed) -> bool:
    """Whether one cell stands above another in what was handed in."""
    return first.index is not None and second.index is not None and first.index < second.index


def _note_lost_checks(found: Matched, course: CourseNotebook, taken: set[str]) -> None:
    for slug in course.defines:
        checks, answers = found.of(slug, "check"), found.of(slug)
        if not checks and slug not in taken and (answers or found.release is None):
            found.note(slug, t("its check cell was deleted or had lost its marks; the course's own check was used"))
        elif checks and answers and _stands_above(checks[-1], answers[0]):
            found.note(slug, t("its check cell had been moved above the answer"))
