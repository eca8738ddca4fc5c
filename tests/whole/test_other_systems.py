"""What Windows lacks, the learner's way does not need; where grading does, it says so in a sentence."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import learners_path
import pytest
import resolve_lock
import yaml

from autograder.authoring.learner_package import wheel_files
from autograder.course.lessons import all_lessons
from autograder.learner import lab

ROOT = Path(learners_path.__file__).parents[2]
NO_UNIX = Path(learners_path.__file__).parent / "no_unix"
LACKING = {"fcntl", "grp", "pwd", "resource", "termios", "tty"}


@pytest.fixture
def as_on_windows(monkeypatch):
    """Processes that are started lack what Windows lacks."""
    places = [str(NO_UNIX), str(ROOT), os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, places)))


def run(*arguments, where):
    command = [sys.executable, "-P", *arguments]
    return subprocess.run(command, cwd=where, capture_output=True, text=True)


def imported_at_once(text: str) -> set[str]:
    """What a module imports when it is imported itself."""
    found = set()
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.Import):
            found |= {alias.name for alias in statement.names}
        elif isinstance(statement, ast.ImportFrom):
            found.add(statement.module)
    return found


def test_no_module_of_learners_imports_what_windows_lacks():
    files = dict(wheel_files(all_lessons(), ()))
    modules = {name: imported_at_once(content.decode()) for name, content in files.items() if name.endswith(".py")}
    assert len(modules) > 80
    assert {name: found & LACKING for name, found in modules.items() if found & LACKING} == {}


@pytest.mark.slow
def test_the_simulation_lacks_it_indeed(tmp_path, as_on_windows):
    code = "import os, signal; print(hasattr(os, 'fork'), hasattr(signal, 'SIGKILL'), hasattr(os, 'geteuid'))"
    assert run("-c", code, where=tmp_path).stdout.split() == ["False"] * 3
    done = run("-c", "import autograder.results.folder_lock", where=tmp_path)
    assert "No module named 'fcntl'" in done.stderr


@pytest.mark.slow
def test_a_learner_needs_nothing_that_windows_lacks(tmp_path, as_on_windows):
    learners_path.walk(tmp_path, with_lab=False)


@pytest.mark.slow
def test_grading_there_is_refused_in_a_sentence(tmp_path, as_on_windows):
    done = run("-m", "autograder", "grade", str(tmp_path), "--isolation", "none", where=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "needs Linux or macOS" in done.stderr
    assert "wsl --install" in done.stderr


def test_where_exec_would_leave_the_terminal_jupyterlab_is_waited_for(monkeypatch, tmp_path):
    code = "import os, sys; print(sys.argv[1]); sys.exit(int(os.environ['CODE']))"
    folder = tmp_path / "나의 수업 2026"
    command = [sys.executable, "-c", code, str(folder)]
    monkeypatch.setattr(lab.os, "name", "nt")
    assert lab.run_jupyter(command, {**os.environ, "CODE": "3"}) == 3


def test_ctrl_c_is_left_to_jupyterlab(monkeypatch):
    waited = iter([KeyboardInterrupt, KeyboardInterrupt, 0])

    class Process:
        def __init__(self, *_, **__):
            pass

        def wait(self):
            if (what := next(waited)) == 0:
                return what
            raise what

    monkeypatch.setattr(lab.os, "name", "nt")
    monkeypatch.setattr(lab.subprocess, "Popen", Process)
    assert lab.run_jupyter(["jupyter"], {}) == 0


def test_without_jupyterlab_lab_says_how_to_get_it_or_do_without(monkeypatch, tmp_path):
    monkeypatch.setattr(lab, "find_spec", lambda name: None)
    with pytest.raises(lab.LearnerError, match=r'-m pip install "jupyterlab.*or open .* in the notebook server'):
        lab.require_jupyter(tmp_path)


def test_the_workflow_goes_the_same_way_on_each_system_with_the_oldest_and_the_newest_python():
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))["jobs"]["learner"]
    matrix = workflow["strategy"]["matrix"]
    assert {system.partition("-")[0] for system in matrix["system"]} == {"ubuntu", "windows", "macos"}
    oldest, newest = resolve_lock.SERVED
    assert matrix["python"] == [oldest.rpartition(".")[0], newest]
    commands = [step.get("run", "") for step in workflow["steps"]]
    assert f"python {Path(learners_path.__file__).relative_to(ROOT).as_posix()}" in commands
    assert '--editable ".[lab]"' in commands[-2]
    assert commands[-2] in (ROOT / "README.md").read_text(encoding="utf-8")
