"""Formgrader as a JupyterHub opens it, `/formgrader?path=graded`: by a server that knows nothing of the course."""

import os
import socket
import subprocess
import sysconfig
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grading_cases as cases
import nbformat
import pytest
from page_attacks import HIDDEN, HTML, MARKDOWN, Page, attack, dangers

from autograder.course.lessons import find_lesson
from autograder.files import write_whole
from autograder.gradebook import course_root, scores
from autograder.judging import returned_notebook
from autograder.judging.course_notebook import course_notebook
from autograder.judging.matching import match
from autograder.notebooks.reading import as_file
from autograder.verdict import Verdict

LESSON = cases.LESSON
SCRIPTS = Path(sysconfig.get_path("scripts"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]


def enter(root: Path, student: str, handed_in: nbformat.NotebookNode) -> str:
    """Write notebook and scores as the engine does; the id of formgrader's page."""
    released = nbformat.read(course_root.released(root, LESSON), as_version=4)
    known = course_notebook(find_lesson(LESSON), released)
    verdicts = {name: Verdict(name, "failed", 1, 2, title=HTML[0]) for name in cases.EXERCISES}
    back = returned_notebook.autograded(handed_in, match(handed_in, known), verdicts, {}, known)
    write_whole(root / "autograded" / student / LESSON / f"{LESSON}.ipynb", as_file(back))
    with course_root.gradebook(course_root.course_directory(root, LESSON)) as book:
        scores.save_scores(book, LESSON, student, dict.fromkeys(cases.EXERCISES, "failed"))
        return book.find_submission_notebook(LESSON, LESSON, student).id


@contextmanager
def jupyter_server(folder: Path) -> Iterator[str]:
    """The address of a server that was started in `folder`, without a configuration of the course's."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    (folder / "home").mkdir()
    names = {f"JUPYTER_{name}_DIR": str(folder / "home") for name in ("CONFIG", "DATA", "RUNTIME")}
    environment = {**os.environ, **names, "HOME": str(folder / "home"), "JUPYTER_PREFER_ENV_PATH": "1"}
    options = ["--no-browser", "--allow-root", f"--ServerApp.port={port}", "--IdentityProvider.token=t"]
    command = [SCRIPTS / "jupyter", "server", *options, "--ServerApp.log_level=40"]
    with subprocess.Popen(command, cwd=folder, env=environment) as server:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def get(address: str) -> str:
    for _ in range(600):
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError:
            raise
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


def test_what_was_handed_in_runs_nothing_there_and_is_shown(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(SCRIPTS), prepend=":")
    root = tmp_path / "graded"
    root.mkdir()
    course_root.make_course_root(root, {LESSON: find_lesson(LESSON).solution_notebook})
    notebooks = {"honest": cases.solved(), "kim": attack(cases.RELEASE)}
    pages = {student: enter(root, student, notebook) for student, notebook in notebooks.items()}
    with jupyter_server(tmp_path) as address:
        get(f"{address}/formgrader?path=graded&token=t")
        shown = {student: get(f"{address}/formgrader/submissions/{page}/?token=t") for student, page in pages.items()}
    honest, attacked = (dangers(page.replace(pages[student], "")) for student, page in shown.items())
    assert set(attacked) - set(honest) == set()
    text = Page(shown["kim"]).text
    assert all(" ".join(payload.split()) in text for payload in (*HTML, *MARKDOWN[:3], HIDDEN))
