"""With Colab's IPython and kernel, checks, hints and progress work: `make test-network` fetches those."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import resolve_lock

ROOT = Path(resolve_lock.__file__).parents[2]
COLABS_OWN = """
ipython ipykernel traitlets decorator backcall pickleshare jupyter-client nest-asyncio entrypoints
""".split()
CELLS = [
    "from autograder import check, hint, progress\nfrom lessons.toolkit.batches import END, UNKNOWN",
    "hint('encode_words')",
    "def encode_words(words, numbers):\n    raise NotImplementedError('Lesson 01, exercise encode_words')",
    "check('encode_words', encode_words)",
    "def encode_words(words, numbers):\n    return [numbers.get(word, UNKNOWN) for word in words] + [END]",
    "check('encode_words', encode_words)",
    "progress()",
]
RUN = """
import sys
from IPython import __version__
from IPython.core.interactiveshell import InteractiveShell
print("IPython", __version__)
for cell in sys.argv[1:]:
    InteractiveShell.instance().run_cell(cell, store_history=True)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.environ.get("NETWORK") != "1", reason="fetches packages: make test-network"),
]


def test_a_lesson_works_with_colabs_ipython(tmp_path):
    lines = resolve_lock.COLAB.read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line.partition("==")[0] in COLABS_OWN]
    assert len(pins) == len(COLABS_OWN)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(tmp_path / "colab")]
    subprocess.run([*pip, *pins], check=True)
    places = os.pathsep.join([str(tmp_path / "colab"), str(ROOT)])
    command, where = [sys.executable, "-P", "-c", RUN, *CELLS], tmp_path / "mine/01_seq2seq"
    where.mkdir(parents=True)
    environment = {**os.environ, "PYTHONPATH": places}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)
    assert "IPython 7.34.0" in done.stdout
    assert "Hint 1 of 3" in done.stdout
    assert "○ encode_words: still to do" in done.stdout
    assert "✓ encode_words: all 2 stages passed" in done.stdout
    assert "Later lessons run on your own encode_words" in done.stdout
    assert done.stderr == ""
