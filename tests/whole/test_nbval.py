"""`pytest --nbval solutions`, as typed anywhere: what the kernels need is told by the course, not by the Makefile."""

import re
import runpy
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]
PARTS = SimpleNamespace(**runpy.run_path(str(ROOT / "tests/parts.py")))
TRAINING = """\
from lessons.toolkit.training import train
print(train(lambda batch: 0.5, lambda: ["one", "two"], epochs=2))"""


@pytest.fixture
def course(tmp_path) -> Path:
    """A course with one solution notebook, which trains: that is where progress bars come from."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    folder = tmp_path / "solutions/01_small"
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "solutions/conftest.py", folder.parent)
    printed = new_output("stream", name="stdout", text="[0.5, 0.5]\n")
    cell = new_code_cell(TRAINING, execution_count=1, outputs=[printed])
    nbformat.write(new_notebook(cells=[cell]), folder / "01_small.ipynb")
    return tmp_path


def nbval(where: Path, *what: str) -> str:
    """The last line of what is printed, in the environment of whoever types the command."""
    command = [PARTS.SCRIPTS / "pytest", "--nbval", "-p", "no:cacheprovider", *what]
    done = subprocess.run(command, cwd=where, env=PARTS.without_make(), capture_output=True, text=True)
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_solutions_are_compared_without_the_makefiles_environment(course):
    assert "1 passed" in nbval(course, "solutions")


@pytest.mark.slow
def test_one_notebook_is_compared_from_another_folder(course, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    assert "1 passed" in nbval(elsewhere, str(course / "solutions/01_small/01_small.ipynb"))


@pytest.mark.slow
def test_a_progress_bar_would_be_noticed(course):
    conftest = course / "solutions/conftest.py"
    conftest.write_text(conftest.read_text().replace("os.environ.update", "print"))
    assert "1 failed" in nbval(course, "solutions")


def test_what_the_makefile_exports_is_known():
    exported = re.findall(r"\bexport (\w+)", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert set(exported) == PARTS.SET_BY_MAKE


def test_a_process_of_several_has_one_thread(pytestconfig):
    import torch

    if not hasattr(pytestconfig, "workerinput"):
        pytest.skip("all tests run in one process")
    assert torch.get_num_threads() == 1
