"""Cells that stopped with an error, named under the exercises that need what they bind.

What fails in one cell shows as a missing name in another, where nobody looks for it.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from autograder.judging.matched import Matched, Placed
from autograder.notebooks.cells import cell_words
from autograder.notebooks.python_names import bound_from, bound_names, used_names
from autograder.status import Status
from autograder.subjects.subject import AnswerError
from autograder.text import one_line, without_file
from autograder.verdict import Verdict
from lessons.toolkit.text import Text, t

if TYPE_CHECKING:
    from autograder.sandbox.session import CellResult

MOST_WORDS = 200  # characters of an error
_ADVICE = {
    "ModuleNotFoundError": t("the grader has only the modules that the course needs, so do without it"),
    "ImportError": t("the grader has only the modules that the course needs, so do without it"),
    "FileNotFoundError": t("the grader has no file of yours, so put what you need into a cell"),
    "NotADirectoryError": t("the grader has no file of yours, so put what you need into a cell"),
}
_GPU = re.compile(r"\b(?:CUDA|MPS|XPU|NVIDIA|cuda|mps|xpu)\b|accelerator device")  # in errors of torch
_NO_GPU = t(
    "the grader has no GPU: ask torch.cuda.is_available() or torch.backends.mps.is_available() before you use one"
)
_FRESH = t("run the notebook in a fresh kernel, from the top, to see it too")


def note_stops(found: Matched, results: Sequence[tuple[Placed, "CellResult"]], exercises: Iterable[str]) -> None:
    """Note each cell that stopped under the exercises that need a name of it, whether they passed or not."""
    stopped = [
        (cell, result, bound_from(cell.source, result.line))
        for cell, result in results
        if isinstance(result.error, AnswerError)
    ]
    for slug in exercises if stopped else ():
        needed = _needed(found, slug)
        for cell, result, lost in stopped:
            if needed & lost or (cell.slug == slug and result.went_on):
                found.note(slug, _told(cell, result))


def advice_on(type_name: str, message: str) -> Text | None:
    """What to do about an error that the grader's machine is the reason of; None for any other."""
    return _NO_GPU if _GPU.search(message) else _ADVICE.get(type_name)


def note_lack_of_gpu(found: Matched, verdict: Verdict) -> None:
    """Note under an exercise that was ended by the lack of a GPU what that is about."""
    told = verdict.raised.told if verdict.raised else str(verdict.got or "")
    if verdict.status == Status.ERROR and _GPU.search(told):
        found.note(verdict.exercise, _NO_GPU)


def _needed(found: Matched, slug: str) -> set[str]:
    """The names that an exercise uses, those that what it uses needs among them."""
    cells: dict[str, list[Placed]] = {}
    for cell in (cell for cell in found.running if cell.kind == "own"):
        for name in bound_names(cell.source):
            cells.setdefault(name, []).append(cell)
    waiting, known = found.of(slug), set[str]()
    while waiting:
        new = used_names(waiting.pop().source) - known
        known |= new
        waiting += [cell for name in new for cell in cells.pop(name, ())]
    return known


def _told(cell: Placed, result: "CellResult") -> Text:
    error = result.error
    assert isinstance(error, AnswerError)
    where = t("the setup cell") if cell.index is None else cell_words(cell.index, cell.written or cell.source)
    words = {
        "cell": where,
        "error": one_line(without_file(str(error)))[:MOST_WORDS],
        "advice": advice_on(error.type_name, error.message) or _FRESH,
    }
    if result.went_on:
        return t("{cell} stopped with {error}, and what stands below that line was run; {advice}", **words)
    return t("{cell} stopped with {error}; {advice}", **words)
