"""No command ends because a terminal, or a file that it is sent to, is not UTF-8."""

import os
import subprocess
import sys
from pathlib import Path

import feedback_cases
import grading_cases as cases
import nbformat
import pytest

from autograder.cli import app

STUDENT = "김 하나 é ğ 🎓"  # no encoding below has all of it
ENCODINGS = {
    "ascii": {"PYTHONIOENCODING": "ascii"},
    "cp949": {"PYTHONIOENCODING": "cp949"},
    "cp1252": {"PYTHONIOENCODING": "cp1252"},
    "dumb": {"PYTHONIOENCODING": "ascii", "TERM": "dumb"},
    "C": {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"},
}
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Path:
    """A folder with grades, a learner's folder and something to collect."""
    place = tmp_path_factory.mktemp("encodings")
    solved = cases.answered(cases.ANSWERS)
    feedback_cases.make_folder(place / "graded", {STUDENT: solved})
    own = place / "mine é 김" / cases.LESSON / f"{cases.LESSON}.ipynb"
    own.parent.mkdir(parents=True)
    answer = f"# 🎓\ndef {cases.defined('pad_batch')}(*data):\n    raise ValueError('🎓 é 김')"
    nbformat.write(cases.answered({**cases.ANSWERS, "pad_batch": answer}), own)
    (place / "handed" / STUDENT).mkdir(parents=True)
    (place / "handed" / STUDENT / "🎓 é 김.ipynb").write_text("{}")
    return place


def run(place: Path, encoding: str, *arguments: str) -> tuple[int, str]:
    """The exit code, and all that was printed, as bytes of that encoding read as ASCII."""
    return run_command(place, encoding, [sys.executable, "-m", "autograder", *arguments])


def run_command(place: Path, encoding: str, command: list[str]) -> tuple[int, str]:
    unset = ("PYTHONUTF8", "PYTHONIOENCODING", "LANG", "LC_ALL", "LC_CTYPE")
    environment = {name: value for name, value in os.environ.items() if name not in unset} | {"PYTHONUTF8": "0"}
    done = subprocess.run(command, cwd=place, env=environment | ENCODINGS[encoding], capture_output=True)
    said = (done.stdout + done.stderr).decode("ascii", "replace")
    assert "Traceback" not in said, said
    assert "codec can't encode" not in said
    return done.returncode, said


HELP = """
import sys
from autograder.cli import main
names = sys.argv[1:]
for name in names:
    sys.argv = ["autograder", name, "--help"]
    try:
        main()
    except SystemExit as ended:
        assert not ended.code
"""
COMMANDS = {
    "start": (0, "start", "mine é 김"),
    "progress": (0, "progress", "mine é 김"),
    "reset": (0, "reset", f"mine é 김/{cases.LESSON}/{cases.LESSON}.ipynb", "masked_loss"),
    "collect": (1, "collect", "handed", "submitted é 김"),
    "grade": (2, "grade", "handed 🎓 é 김"),
    "feedback": (0, "feedback", "graded"),
    "marks": (0, "marks", "graded"),
    "report": (2, "report", "graded é 김"),
    "fetch": (2, "fetch", "--url", "http://é.김.invalid/🎓"),
    "nonsense": (2, "no such 🎓 é 김"),
}


@pytest.mark.parametrize("encoding", ["cp949", "dumb", "C"])
def test_commands_come_to_their_end(place, encoding):
    for code, *arguments in COMMANDS.values():
        found, said = run(place, encoding, *arguments)
        assert found == code, said
        assert said.strip(), arguments


def test_a_check_in_the_terminal_comes_to_its_end(place):
    found, said = run(place, "cp1252", "check", f"mine é 김/{cases.LESSON}/{cases.LESSON}.ipynb")
    assert found == 1
    assert "ValueError" in said
    assert "of 12 exercises passed" in said


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_help_of_every_command_is_shown(place, encoding):
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert "feedback" in names
    found, said = run_command(place, encoding, [sys.executable, "-c", HELP, *names])
    assert found == 0, said
    assert all(f"Usage: autograder {name}" in said for name in names)
