"""Folders of grades whose gradebook is nbgrader's own, made without grading: no kernel and no sandbox is needed."""

import json
import shutil
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import grading_cases as cases
from nbformat import NotebookNode
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.lessons import find_lesson
from autograder.gradebook.course_root import CONFIG, CONFIG_FILE
from autograder.gradebook.nbgrader_patch import mark_gradebooks_at_once

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES


@contextmanager
def gradebook(root: Path) -> Iterator[Gradebook]:
    """That of a folder; what is changed is kept."""
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        yield book
        book.db.commit()


def make_folder(root: Path, notebooks: Mapping[str, NotebookNode | bytes], lesson: str = LESSON) -> Path:
    """Write what grading leaves of a lesson: all passed."""
    release = root / "release" / lesson / f"{lesson}.ipynb"
    release.parent.mkdir(parents=True)
    shutil.copy(find_lesson(lesson).release_notebook, release)
    (root / CONFIG_FILE).write_text(CONFIG)
    mark_gradebooks_at_once()
    with gradebook(root) as book:
        book.add_assignment(lesson)
        book.add_notebook(lesson, lesson)
        for name in EXERCISES:
            book.add_grade_cell(f"check-{name}", lesson, lesson, max_score=1, cell_type="code")
            book.add_solution_cell(name, lesson, lesson)
        for student, notebook in notebooks.items():
            book.add_student(student)
            book.add_submission(lesson, student)
            for grade in book.find_submission_notebook(lesson, lesson, student).grades:
                grade.auto_score, grade.needs_manual_grade = 1.0, False
            put_back(root, student, notebook, lesson)
    return root


def put_back(root: Path, student: str, notebook: NotebookNode | bytes, lesson: str = LESSON) -> Path:
    """Write the notebook that goes back."""
    path = root / "autograded" / student / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode())
    return path


def page_of(root: Path, student: str, lesson: str = LESSON) -> Path:
    """Where a page is."""
    return root / "feedback" / student / lesson / f"{lesson}.html"


def feedback(root: Path, *options: object, code: int = 0) -> str:
    """Run `autograder feedback`: what it says."""
    done = CliRunner().invoke(app, ["feedback", str(root), *map(str, options)], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done.output


def scripts_first(path: str) -> str:
    """A PATH on which nbgrader's commands are found first."""
    return f"{sysconfig.get_path('scripts')}:{path}"
