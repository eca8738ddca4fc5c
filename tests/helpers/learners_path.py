"""Goes a learner's way in the terminal, on whatever system this is: `python tests/helpers/learners_path.py`.

In a folder whose name has spaces and Hangul, with the course that is installed, or on PYTHONPATH. It ends with an
AssertionError at the first step that goes wrong.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ZOO = Path(__file__).parents[2] / "autograder/checks/zoo/01_seq2seq"
LESSON, EXERCISE = "01_seq2seq", "encode_words"
IN_A_NOTEBOOK = """
from autograder import hint, progress
hint("encode_words")
progress()
"""


def run(*arguments: str, where: Path, expected: int | None = 0) -> str:
    """What Python prints, given that it ends with the expected code; None stands for any."""
    environment = {**os.environ, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-P", *arguments]
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True, encoding="utf-8")
    printed = done.stdout + done.stderr
    assert expected in (None, done.returncode), f"{arguments}: ended with {done.returncode}\n{printed}"
    assert "Traceback" not in printed, printed
    print("ok ", *(argument.strip().partition("\n")[0] for argument in arguments))
    return printed


def answer(notebook: Path) -> None:
    """Solve one exercise."""
    content = json.loads(notebook.read_text(encoding="utf-8"))
    cell = next(cell for cell in content["cells"] if cell["id"] == EXERCISE)
    cell["source"] = sorted((ZOO / EXERCISE).glob("right_*.py"))[0].read_text(encoding="utf-8")
    notebook.write_text(json.dumps(content), encoding="utf-8")


def walk(where: Path, with_lab: bool = True) -> None:
    """Go all of it.

    Args:
        where: an empty folder.
        with_lab: whether JupyterLab is installed.
    """
    cli, mine = ("-m", "autograder"), "나의 수업 2026"
    lesson = where / mine / LESSON
    notebook = lesson / f"{LESSON}.ipynb"
    assert "copied to" in run(*cli, "start", mine, where=where)
    assert "0 of " in run(*cli, "check", str(notebook), where=where, expected=1)
    answer(notebook)
    assert f"✓ {EXERCISE}" in run(*cli, "check", str(notebook), where=where, expected=1)
    assert "1 of " in run(*cli, "progress", mine, where=where)
    assert "Hint 1 of" in run("-c", IN_A_NOTEBOOK, where=lesson)
    assert "강의 0개를" in run(*cli, "start", mine, "--language", "ko", where=where)  # the answer goes along
    assert f"✓ {EXERCISE}: " in (printed := run(*cli, "check", str(notebook), where=where, expected=1))
    assert "단계 모두 통과" in printed
    assert "가운데 1개 완료" in run(*cli, "progress", mine, where=where)
    assert "힌트 1/" in run("-c", IN_A_NOTEBOOK, where=lesson)
    run(*cli, "start", mine, "--language", "en", where=where)
    assert "is back to its stub" in run(*cli, "reset", str(notebook), EXERCISE, where=where)
    printed = run(*cli, "doctor", where=where, expected=None)  # which ends with 1 where nobody can grade
    assert "Hangul is drawn with" in printed
    if with_lab:
        run(*cli, "lab", mine, "--", "--version", "--allow-root", where=where)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        walk(Path(folder).resolve())
