"""What is for GitHub: the action that checks a learner's repository, and the container in which the lessons open."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from autograder.course.lessons import find_lesson
from autograder.learner.job_summary import append_verdicts
from autograder.status import Status
from autograder.verdict import Verdict

CHECKOUT = Path(__file__).parents[2]
ACTION = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
LESSON = find_lesson("06_translator")
RUN = [step for step in ACTION["runs"]["steps"] if "run" in step]


class Runner:
    """A repository, and GitHub's way to run the steps of an action in it; pip only notes what it is asked for."""

    def __init__(self, folder: Path):
        self.repository, self.summary, self.asked = folder / "repository", folder / "summary.md", folder / "pip.txt"
        (folder / "bin").mkdir()
        self.repository.mkdir()
        self._command(folder / "bin/autograder", f'exec {sys.executable} -m autograder "$@"')
        noted = f'if [ "$2" = pip ]; then echo "$@" >> {self.asked}; else exec {sys.executable} "$@"; fi'
        self._command(folder / "bin/python", noted)
        self._path = f"{folder / 'bin'}:{os.environ['PATH']}"

    def _command(self, path: Path, text: str) -> None:
        path.write_text(f"#!/usr/bin/env bash\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def run(self, **inputs: str) -> tuple[int, str]:
        """The exit code of the first step that fails, and the summary."""
        given = {name: one["default"] for name, one in ACTION["inputs"].items()} | inputs
        for step in RUN:
            filled = {name: _fill(value, given) for name, value in step.get("env", {}).items()}
            environment = os.environ | filled | {"PATH": self._path, "PYTHONPATH": str(CHECKOUT)}
            environment |= {"GITHUB_STEP_SUMMARY": str(self.summary), "GITHUB_ACTION_PATH": str(CHECKOUT)}
            command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
            done = subprocess.run(command, cwd=self.repository, env=environment, capture_output=True, text=True)
            if done.returncode:
                break
        return done.returncode, self.summary.read_text(encoding="utf-8") if self.summary.exists() else ""


def _fill(value: str, inputs: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value)


@pytest.fixture
def runner(tmp_path) -> Runner:
    return Runner(tmp_path)


def rows(summary: str) -> list[list[str]]:
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in summary.splitlines() if line.startswith("| ")
    ]


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
class TestAction:
    def test_it_installs_its_own_course_and_shows_the_verdicts_of_each_notebook(self, runner):
        folder = runner.repository / "my lessons" / LESSON.slug
        folder.mkdir(parents=True)
        shutil.copy(LESSON.solution_notebook, folder)
        code, summary = runner.run()
        assert runner.asked.read_text().split() == ["-m", "pip", "install", "--quiet", str(CHECKOUT)]
        assert code == 0
        assert re.search(r"### 06&#95;translator&#46;ipynb: (\d+) of \1 exercises passed", summary)
        assert {row[1] for row in rows(summary)[2:]} == {"✓ passed"}

    def test_what_is_not_passed_fails_the_run_and_says_why(self, runner):
        shutil.copy(LESSON.release_notebook, runner.repository)
        code, summary = runner.run(course="https://example.org/course.whl")
        assert "https://example.org/course.whl" in runner.asked.read_text()
        assert code == 1
        assert {row[1] for row in rows(summary)[2:]} <= {"○ not attempted yet", "✗ not passed"}

    def test_a_repository_without_notebooks_is_told(self, runner):
        code, summary = runner.run()
        assert code == 2
        assert "No notebook here" in summary

    def test_a_file_that_is_no_notebook_is_told_and_the_others_are_checked(self, runner):
        (runner.repository / "01_seq2seq.ipynb").write_text("<html>a login page</html>")
        shutil.copy(LESSON.release_notebook, runner.repository)
        code, summary = runner.run()
        assert code == 2
        assert "could not be checked" in summary
        assert "06&#95;translator" in summary


def test_every_step_is_one_that_a_composite_action_can_have():
    assert ACTION["runs"]["using"] == "composite"
    assert all(step["shell"] == "bash" for step in RUN)
    assert {name for step in RUN for name in re.findall(r"inputs\.([\w-]+)", json.dumps(step))} <= set(ACTION["inputs"])
    assert not re.search(r"\$\{\{[^}]*\}\}", " ".join(step["run"] for step in RUN))  # nothing is put into a script


def test_nothing_in_a_summary_is_markdown_or_html(tmp_path):
    evil = "<img src=x> | **b** [a](javascript:x) `c`\n# d @everyone"
    append_verdicts(tmp_path / "s.md", tmp_path / "a|b.ipynb", ["x"], {"x": Verdict("x", Status.FAILED, 1, title=evil)})
    text = (tmp_path / "s.md").read_text(encoding="utf-8")
    (row,) = rows(text)[2:]
    assert len(row) == 3
    assert not re.search(r"[<>`*\[\]()@]|^#", row[2])


class TestDevcontainer:
    SETTINGS = json.loads((CHECKOUT / ".devcontainer/devcontainer.json").read_text(encoding="utf-8"))

    def test_its_commands_are_those_of_the_makefile_and_the_course(self):
        makefile = (CHECKOUT / "Makefile").read_text(encoding="utf-8")
        commands = [self.SETTINGS[name] for name in ("postCreateCommand", "postAttachCommand")]
        targets = {found for command in commands for found in re.findall(r"make (\S+)", command)}
        assert targets == {".venv/ready", "lab"}
        assert "$(VENV)/ready:" in makefile
        assert "VENV := .venv\n" in makefile
        assert "\nlab:" in makefile

    def test_its_python_is_one_that_the_course_serves(self):
        (version,) = re.findall(r"python:(\d\.\d+)-", self.SETTINGS["image"])
        assert version in (CHECKOUT / ".github/workflows/newest.yml").read_text(encoding="utf-8")

    def test_the_file_that_opens_is_there_after_the_command_that_makes_the_folder(self, tmp_path):
        started = self.SETTINGS["postCreateCommand"].partition("&& .venv/bin/")[2].split()
        assert started == ["autograder", "start", "my_lessons"]
        done = subprocess.run(
            [sys.executable, "-m", *started],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert all((tmp_path / name).is_file() for name in self.SETTINGS["customizations"]["codespaces"]["openFiles"])
