"""The process of `autograder check`: runs a notebook's cells and their checks, and says on a pipe what it is at.

`terminal_check` starts it, listens, and ends it where a cell or an exercise takes too long: only a process can be ended
on every system and in whatever its code does; a thread cannot be, and many a loop swallows the exception that would end
it. It starts another then, which leaves out what took too long.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from autograder.checks.framework.check import Check
from autograder.checks.registry import checks_of
from autograder.course.lessons import Lesson, all_lessons, find_lesson
from autograder.judging.attempted import attempted
from autograder.judging.course_notebook import course_notebook
from autograder.judging.in_english import language_in, release_in, retell
from autograder.judging.matched import Matched, Placed, spoilt_later, up_to
from autograder.judging.matching import match
from autograder.judging.origin import other_origin
from autograder.judging.stops import advice_on, note_lack_of_gpu
from autograder.learner.graded_cells import as_in_grading, run_all
from autograder.learner.notebook_api import check_recorded, still_to_mend
from autograder.learner.own_notebooks import LearnerError, read_notebook
from autograder.learner.to_mend import is_as_given
from autograder.notebooks.cell_matching import find_lesson_of
from autograder.status import Status
from autograder.text import without_file
from autograder.verdict import Verdict
from lessons.toolkit.text import Words, said, t, to_data

if TYPE_CHECKING:
    from nbformat import NotebookNode

BEAT_SECONDS = 0.2  # between two words of how much CPU was used
_DECIDED = (Status.PASSED, Status.NOT_ATTEMPTED, Status.TIMEOUT)


class Report:
    """Words to the process that listens, one JSON object a line."""

    def __init__(self, stream: IO[str]):
        self._stream, self._one = stream, threading.Lock()

    def tell(self, **words: Any) -> None:
        """Send them."""
        with self._one:
            self._stream.write(json.dumps(words) + "\n")
            self._stream.flush()

    def beat(self) -> None:
        """Say again and again how much CPU was used."""
        while True:
            self.tell(cpu=time.process_time())
            time.sleep(BEAT_SECONDS)


def main(asked: Mapping[str, Any]) -> None:
    """Check what is asked for, and end, whatever threads a cell has left."""
    report = Report(os.fdopen(os.dup(1), "w", encoding="utf-8"))
    with open(os.devnull, "r+b") as nothing:  # what cells print is seen in the notebook
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    threading.Thread(target=report.beat, daemon=True).start()
    try:
        check(Path(asked["notebook"]), asked["left_out"], asked["known"], report)
        report.tell(end=True)
    except LearnerError as error:
        report.tell(refused=str(error))
    os._exit(0)


def check(path: Path, left_out: list[int], known: list[str], report: Report) -> None:
    """Run what grading would run of a notebook, then the checks.

    Args:
        path: the notebook.
        left_out: the numbers of cells that are not to run.
        known: exercises that are judged already.
        report: hears of all.

    Raises:
        LearnerError: the file cannot be read, or belongs to no lesson, or to another one than it is called after.
    """
    report.tell(step="reading")
    lesson, found = _matched(path)
    for note in [*filter(None, [found.release]), *found.notes.get("", [])]:
        report.tell(note=to_data(note))
    report.tell(exercises=[check.slug for check in checks_of(lesson.number)])
    with as_in_grading(lesson):
        _run_and_judge(lesson, found, left_out, known, report)


def _matched(path: Path) -> tuple[Lesson, Matched]:
    """The lesson that a notebook is of, and its cells as they are graded."""
    notebook = read_notebook(path, whole=False)
    lesson = lesson_of(path, notebook)
    released = read_notebook(lesson.release_notebook)
    if (translated := release_in(lesson, language_in(notebook, lesson))) is not None:
        retell(notebook, translated, released)
    if (other := other_origin(notebook, lesson, released)) is not None:
        raise LearnerError(f"{path}: {other}")
    return lesson, match(notebook, course_notebook(lesson, released))


def _run_and_judge(lesson: Lesson, found: Matched, left_out: list[int], known: list[str], report: Report) -> None:
    namespace: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for number, cell in enumerate(found.running) if number not in left_out]
    for cell, error in run_all(found, cells, namespace, lambda number, cell: _begin(report, number, cell)):
        advice = advice_on(type(error).__name__, str(error))
        told = {"advice": to_data(advice)} if advice is not None else {}
        words = f"{type(error).__name__}: {without_file(str(error))}"
        report.tell(stopped=to_data(cell_name(cell)), slug=cell.slug, error=words, **told)
    for check in checks_of(lesson.number):
        if check.slug not in known:
            report.tell(step="exercise", slug=check.slug)
            _judge(check, found, cells, namespace, report)


def lesson_of(path: Path, notebook: "NotebookNode") -> Lesson:
    """The lesson that a notebook is of, by its name or its exercises.

    Raises:
        LearnerError: it is of none.
    """
    exercises = {lesson.slug: [check.slug for check in checks_of(lesson.number)] for lesson in all_lessons()}
    slug = find_lesson_of(path.stem, notebook, exercises)
    if slug is None:
        raise LearnerError(
            said("{path}: no lesson of this course (it has {lessons})", path=str(path), lessons=[*exercises])
        )
    return find_lesson(slug)


def _begin(report: Report, number: int, cell: Placed) -> None:
    report.tell(step="cell", number=number, name=to_data(cell_name(cell)))


def cell_name(cell: Placed) -> Words:
    """What a learner knows a cell by: its exercise, or its place and how it begins."""
    if cell.kind == "exercise":
        return cell.slug
    if cell.index is None:
        return t("a cell of the course")
    begins = next((line.strip() for line in cell.written.split("\n") if line.strip()), "")
    place = {"number": cell.index + 1, "begins": begins[:60]}
    return (
        t("cell {number} of your own ({begins})", **place)
        if cell.kind == "own"
        else t("cell {number} ({begins})", **place)
    )


def _judge(check: Check, found: Matched, cells: list[Placed], namespace: dict[str, Any], report: Report) -> None:
    verdict = _verdict(check, namespace)
    if verdict is None or verdict.status not in _DECIDED:
        verdict = _second_look(check, found, cells) or verdict
    if verdict is None:
        report.tell(undefined=check.slug, defines=check.defines)
    else:
        verdict = attempted(found, verdict)
        note_lack_of_gpu(found, verdict)
        noted = replace(verdict, notes=tuple(found.notes.get(check.slug, ())))
        report.tell(verdict=noted.to_data())


def _verdict(check: Check, namespace: dict[str, Any]) -> Verdict | None:
    if check.defines not in namespace:
        return None
    answer = namespace[check.defines]
    return still_to_mend(check.slug) if is_as_given(check.slug, answer) else check_recorded(check.slug, answer)


def _second_look(check: Check, found: Matched, cells: list[Placed]) -> Verdict | None:
    """Where later cells give names another meaning, an answer also counts that passed when its check ran."""
    if not found.of(check.slug) or not spoilt_later(found, check.slug, check.defines):
        return None
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for _ in run_all(found, [cell for cell in up_to(found, check.slug) if cell in cells], namespace):
        pass
    verdict = _verdict(check, namespace)
    return verdict if verdict is not None and verdict.passed else None


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
