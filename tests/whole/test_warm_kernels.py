"""Kernels that tests have forked do as others: outputs, their folder, their end, an interrupt."""

import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from traitlets.config import Config

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("default")]


def outputs(folder: Path, *sources: str, **options: object) -> list[str]:
    """What cells print or raise."""
    notebook = nbformat.v4.new_notebook(cells=list(map(nbformat.v4.new_code_cell, sources)))
    quiet = Config(KernelManager={"transport_encryption": "auto"})
    resources = {"metadata": {"path": str(folder)}}
    options = {"timeout": 300, "kernel_name": "python3", "allow_errors": True} | options
    NotebookClient(notebook, config=quiet, resources=resources, **options).execute()
    found = [output for cell in notebook.cells for output in cell.outputs]
    return [output.get("text", output.get("ename")) for output in found]


def test_one_is_a_fork_in_its_own_folder_with_its_own_environment(kernels, tmp_path, monkeypatch):
    monkeypatch.setenv("OWN", "of this test")
    look = "import os, sys\nprint(os.getcwd(), os.environ['OWN'], 'torch' in sys.modules, __name__)"
    assert outputs(tmp_path, look, "left = 1", "1 / 0") == [
        f"{tmp_path} of this test True __main__\n",
        "ZeroDivisionError",
    ]
    assert outputs(tmp_path, "left") == ["NameError"]


def test_one_that_ends_is_told_as_dead(kernels, tmp_path):
    with pytest.raises(DeadKernelError):
        outputs(tmp_path, "import os\nos._exit(3)")


def test_one_that_spins_is_interrupted_and_goes_on(kernels, tmp_path):
    found = outputs(tmp_path, "while True:\n    pass", "print(5)", timeout=5, interrupt_on_timeout=True)
    assert found == ["KeyboardInterrupt", "5\n"]


def test_none_is_left_once_its_notebook_is_done(kernels, tmp_path):
    pid = int(outputs(tmp_path, "import os\nprint(os.getpid())")[0])
    deadline = time.monotonic() + 60
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
