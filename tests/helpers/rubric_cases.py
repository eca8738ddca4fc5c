"""A folder of grades whose class has written answers to lesson 02; made as grading does, without a sandbox."""

import copy
import os
import sysconfig
from collections.abc import Mapping
from pathlib import Path

import grading_cases as cases
import nbformat
from nbformat import NotebookNode

from autograder.course.lessons import find_lesson
from autograder.files import write_whole
from autograder.gradebook import course_root, scores
from autograder.notebooks.harmless import make_harmless
from autograder.notebooks.reading import as_file
from autograder.notebooks.written_answers import find_written, place_written
from autograder.status import Status

LESSON, NAME = "02_context_limit", "what_capacity_bought"
RELEASE = nbformat.read(find_lesson(LESSON).release_notebook, as_version=4)


def answered(text: str) -> NotebookNode:
    """The released lesson with this as the written answer."""
    notebook = copy.deepcopy(RELEASE)
    cases.marked(notebook)[NAME].source = text
    return notebook


def make_folder(root: Path, answers: Mapping[str, str | NotebookNode]) -> Path:
    """A folder of grades: each student's answer to lesson 02, which waits for a person."""
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ["PATH"]])
    root.mkdir(parents=True, exist_ok=True)
    course_root.make_course_root(root, {LESSON: find_lesson(LESSON).solution_notebook})
    for student, given in answers.items():
        hand_in(root, student, answered(given) if isinstance(given, str) else given)
    return root


def hand_in(root: Path, student: str, notebook: NotebookNode, same: bool = False) -> None:
    """Enter a submission as grading does: nothing passed, the written answer waits if there is one."""
    released = nbformat.read(course_root.released(root, LESSON), as_version=4)
    (found,) = find_written(notebook, released)
    place_written(notebook, [found])
    make_harmless(notebook, {cell.source for cell in released.cells})
    write_whole(root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_file(notebook))
    status = Status.MANUAL if found.attempted else Status.NOT_ATTEMPTED
    with course_root.gradebook(course_root.course_directory(root, LESSON)) as book:
        scores.save_scores(book, LESSON, student, {NAME: status}, same=same)
