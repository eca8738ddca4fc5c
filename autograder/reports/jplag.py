"""`autograder jplag`: the answers of a class as JPlag reads them, which compares their structure.

For each lesson a folder of submissions, in which each student has a folder with a file an exercise, and beside it the
base code: what was handed out, which is nobody's own. JPlag leaves out a submission of which one file is no Python, so
such an answer is left out here, and named.
"""

import ast
import shutil
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from autograder.course.lessons import find_lesson
from autograder.course.source import without_magics
from autograder.errors import GradingError
from autograder.gradebook.executed_checks import find_cell
from autograder.reports.class_report.records import Answer, read_answers
from autograder.text import harmless

FOLDER, SUBMISSIONS, BASE = "jplag", "submissions", "base"
LONGEST_ANSWER = 100_000  # characters
_MARK = ".made-by-autograder"


def jplag_command(root: Path, lessons: Sequence[str], to: Path | None) -> int:
    """`autograder jplag`.

    Raises:
        GradingError: `root` holds no grades, or the folder holds other things.
    """
    wanted = {find_lesson(name).slug for name in lessons}
    answers = [answer for answer in read_answers(root) if answer.tried and (not wanted or answer.lesson in wanted)]
    if not answers:
        raise GradingError(f"{root}: nobody has tried an exercise of {', '.join(sorted(wanted)) or 'the course'}")
    folder = to or root / FOLDER
    _make_empty(folder)
    by_lesson: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_lesson[answer.lesson].append(answer)
    for lesson, found in by_lesson.items():
        left_out = _write(folder / lesson, lesson, found)
        students = len({answer.student for answer in found})
        print(f"{lesson}: {len(found) - len(left_out)} answers of {students} students")
        for one in left_out:
            print(f"  left out, as it is no Python: {one.exercise} of {one.student}")
    print("Then, with JPlag (https://github.com/jplag/JPlag), for each lesson:")
    print(f"  java -jar jplag.jar -l python3 -bc {folder}/LESSON/{BASE} {folder}/LESSON/{SUBMISSIONS}")
    return 0


def _make_empty(folder: Path) -> None:
    if folder.is_dir() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise GradingError(f"{folder}: holds other files; name a new folder with --to")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()


def _write(folder: Path, lesson: str, answers: Sequence[Answer]) -> list[Answer]:
    """Write a lesson's files; the answers that are left out."""
    exercises = sorted({answer.exercise for answer in answers})
    for name, given in _handed_out(lesson, exercises):
        _write_file(folder / BASE / f"{name}.py", given)
    left_out: list[Answer] = []
    for answer in answers:
        code = _as_python(answer.code)
        if code is None:
            left_out.append(answer)
        else:
            _write_file(folder / SUBMISSIONS / answer.student / f"{answer.exercise}.py", code)
    return left_out


def _handed_out(lesson: str, exercises: Sequence[str]) -> Iterator[tuple[str, str]]:
    released = nbformat.read(find_lesson(lesson).release_notebook, as_version=4)
    for name in exercises:
        if (cell := find_cell(released, name)) is not None:
            yield name, cell.source


def _as_python(source: str) -> str | None:
    """What Python reads of a cell; None where that is nothing, or no Python."""
    if len(source) > LONGEST_ANSWER:
        return None
    code = harmless(without_magics(source))
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return code if code.strip() else None


def _write_file(path: Path, code: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{code}\n", encoding="utf-8", newline="\n")
