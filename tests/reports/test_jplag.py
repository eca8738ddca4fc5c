"""`autograder jplag`: a folder for each student, what was handed out beside it, and no file that is no Python."""

import ast
from pathlib import Path

import pytest
from report_cases import EXERCISES, LESSON, STUB, Given, make_folder
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import GradingError

BROKEN, MAGIC, EVIL = "def oh no:", "%matplotlib inline\nx = 1", 'x = "\x1b[31m\u202e"'


@pytest.fixture
def root(tmp_path) -> Path:
    own = {"kim": {EXERCISES[0]: Given("error", code=BROKEN), EXERCISES[1]: Given(code=MAGIC)}}
    own |= {"하나": {EXERCISES[0]: STUB, EXERCISES[1]: Given("failed", code=EVIL)}}
    return make_folder(tmp_path / "graded", own)


def run(*arguments: object) -> str:
    done = CliRunner().invoke(app, ["jplag", *map(str, arguments)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return " ".join(done.output.split())


def names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.iterdir())


def test_each_student_has_a_folder_and_the_base_code_is_what_was_handed_out(root):
    said = run(root)
    made = root / "jplag" / LESSON
    assert names(made / "submissions") == ["kim", "하나"]
    assert names(made / "submissions/kim") == sorted(set(EXERCISES) - {EXERCISES[0]})
    assert names(made / "submissions/하나") == sorted(set(EXERCISES) - {EXERCISES[0]})  # not tried
    assert names(made / "base") == sorted(EXERCISES)
    assert all("NotImplementedError" in path.read_text(encoding="utf-8") for path in (made / "base").glob("pad*"))
    assert f"left out, as it is no Python: {EXERCISES[0]} of kim" in said
    assert f"{LESSON}: {2 * len(EXERCISES) - 2} answers of 2 students" in said
    assert f"-bc {root}/jplag/LESSON/base {root}/jplag/LESSON/submissions" in said


def test_all_of_it_is_python_without_magics_and_what_steers_a_terminal(root):
    run(root, "--to", root / "other")
    texts = [path.read_text(encoding="utf-8") for path in (root / "other").rglob("*.py")]
    assert all(ast.parse(text) for text in texts)
    assert not [text for text in texts if "\x1b" in text or "\u202e" in text or "\n%" in text or text[0] == "%"]


def test_a_second_run_replaces_the_first_and_other_files_are_left_alone(root, tmp_path):
    run(root)
    (root / "jplag" / LESSON / "submissions" / "gone").mkdir()
    run(root)
    assert "gone" not in names(root / "jplag" / LESSON / "submissions")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "work.py").write_text("x")
    done = CliRunner().invoke(app, ["jplag", str(root), "--to", str(tmp_path / "mine")])
    assert isinstance(done.exception, GradingError)
    assert "holds other files" in str(done.exception)


def test_a_lesson_that_nobody_has_tried_is_told(root):
    done = CliRunner().invoke(app, ["jplag", str(root), "--lesson", "02_context_limit"])
    assert "nobody has tried an exercise of 02_context_limit" in str(done.exception)


def test_it_is_made_of_the_whole_class_so_forgetting_removes_it():
    from autograder.grading.forget import AGAIN

    assert AGAIN["jplag"] == "jplag"
