"""The instructor's guide: every command in it is run, in order, on a copy of the course with stock nbgrader's exchange.

What students do in between is done here: one works through the exchange, two hand in through Moodle. Where root runs
the tests, a user who may do nothing special types the commands.
"""

import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sysconfig
import time
import tomllib
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

import grading_cases as cases
import guide
import nbformat
import ordinary_user
import postgres_server
import pytest
from course_copy import COURSE, CourseCopy
from nbgrader.api import Gradebook
from nbgrader.utils import get_username

from autograder.cli import app
from autograder.course.settings import SETTINGS_VARIABLE, read_settings
from autograder.results.grades import read_grades

LESSON, WRITTEN = "02_context_limit", "what_capacity_bought"
SOLVED = ("find_knee", "clause_numbers")
SCRIPTS, PREFIX = Path(sysconfig.get_path("scripts")), sysconfig.get_path("data")
TAKEN_INTO_GIT = "git init -q && git add -A && git -c user.name=a -c user.email=a@example.org commit -qm All"
DATABASE = "postgresql+psycopg://course@db.example.org/course"
LIGHT = COURSE / "tests" / "helpers" / "light"  # nbgrader's commands load what they need in a second less
EXPORT = re.compile(r'^export (\w+)="\$PWD/(.+)"$', re.MULTILINE)
NEED_SANDBOX = ("autograder grade", "autograder doctor")
RUBRIC = "For the grader, not shown to learners"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


def commands() -> list[list[str]]:
    lines = (line for block in guide.blocks("bash") for line in block.text.splitlines())
    return [line.split() for line in lines]


def known_commands() -> set[str]:
    return {one.name or one.callback.__name__ for one in app.registered_commands}


def test_the_settings_in_it_are_allowed(tmp_path):
    for block in guide.blocks("toml"):
        (tmp_path / "course.toml").write_text(block.text, encoding="utf-8")
        assert read_settings(tmp_path / "course.toml")
        assert {name.split(".")[0] for name in guide.tables(block.text)} == set(tomllib.loads(block.text))


def test_it_names_commands_that_there_are_and_the_readme_leads_to_it():
    assert {words[0] for words in commands()} == {"autograder", "nbgrader", "cd", "jupyter", "cp", "export"}
    named = {words[1] for words in commands() if words[0] == "autograder"}
    assert named - known_commands() - {"report"} == set()
    assert named >= {"collect", "grade", "report", "marks", "doctor", "build"}
    assert "autograder/GUIDE.md" in (COURSE / "README.md").read_text(encoding="utf-8")


class Term:
    """A copy of the course, a student's folder beside it, and the exchange between them.

    Args:
        folder: where they are made.
        user: who works there; whoever runs the tests, if none.
    """

    def __init__(self, folder: Path, user: ordinary_user.OrdinaryUser | None = None):
        self._folder, self._user = folder, user
        self.name = user.name if user else get_username()
        self.student, self.exchange = folder / "student", folder / "exchange"
        for path in (self.student, self.exchange, folder / "jupyter"):
            path.mkdir()
        self.course = CourseCopy(folder / "course").folder
        for name in ("nbgrader_config.py", ".gitignore"):
            shutil.copy(COURSE / name, self.course)
        self.environment = {
            **{name: value for name, value in os.environ.items() if name != SETTINGS_VARIABLE},
            **{"PATH": f"{SCRIPTS}:{os.environ['PATH']}", "PYTHONPATH": f"{self.course}:{LIGHT}"},
            **{"HOME": str(folder), "JUPYTER_CONFIG_PATH": f"{PREFIX}/etc/jupyter"},
            **{"JUPYTER_PATH": f"{PREFIX}/share/jupyter", "JUPYTERLAB_DIR": f"{PREFIX}/share/jupyter/lab"},
            **{f"JUPYTER_{name}_DIR": str(folder / "jupyter") for name in ("CONFIG", "DATA", "RUNTIME")},
            **{"JUPYTER_PREFER_ENV_PATH": "1", "COLUMNS": "200", "PGPASSWORD": postgres_server.PASSWORD},
        }
        self.settings = guide.tables((self.course / "autograder" / "course.toml").read_text(encoding="utf-8"))
        self.config = folder / "jupyter" / "nbgrader_config.json"

    def run(self, block: guide.Block) -> str:
        """What a block of commands says, on both streams; what it exports is known to those after it."""
        where = self.student if block.who == "student" else self.course
        command = ["bash", "-euo", "pipefail", "-c", block.text]
        options = self.options(block)
        done = subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=900, **options)
        assert done.returncode == 0, f"{block.text}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, done.stderr
        self.environment |= {name: str(where / path) for name, path in EXPORT.findall(block.text)}
        return done.stdout + done.stderr

    def options(self, block: guide.Block) -> dict[str, object]:
        """Who runs a block, in which environment, after all that the test has made was given to the user.

        Where only root can make a sandbox, as in many containers, root runs what needs one.
        """
        if self._user is None:
            return {"env": self.environment}
        self._user.give(self._folder)
        if any(name in block.text for name in NEED_SANDBOX) and not self._user.has_sandbox():
            return {"env": self.environment}
        scripts = self._user.scripts("autograder", "nbgrader", "jupyter", "jupyter-lab", "alembic")
        environment = {**self.environment, "PATH": f"{scripts}:{self.environment['PATH']}"}
        return {"env": environment, "user": self._user.name, "group": self._user.name, "extra_groups": []}

    def set(self, text: str) -> None:
        """Put the tables of a block into the class's course.toml, in place of those of the same name."""
        self.settings |= guide.tables(text)
        (self.course / "course.toml").write_text("\n".join(self.settings.values()), encoding="utf-8")

    def configure(self, text: str) -> None:
        """The exchange that the guide names, in a folder of its own."""
        found = json.loads(text)
        found["Exchange"]["root"] = str(self.exchange)
        self.config.write_text(json.dumps(found), encoding="utf-8")

    def rows(self) -> dict[tuple[str, str], tuple[str, float]]:
        rows = read_grades(self.course / "graded" / "grades.csv")
        return {(row.student, row.exercise): (row.status, row.score) for row in rows}


def answered(notebook: nbformat.NotebookNode, text: str) -> nbformat.NotebookNode:
    solution = nbformat.read(COURSE / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    for exercise in SOLVED:
        cases.marked(notebook)[exercise].source = cases.marked(solution)[exercise].source
    cases.marked(notebook)[WRITTEN].source = text
    return notebook


def work(term: Term) -> None:
    """What the student does with the notebook that was fetched."""
    path = term.student / LESSON / f"{LESSON}.ipynb"
    nbformat.write(answered(nbformat.read(path, as_version=4), "Little."), path)


def hand_over(term: Term) -> None:
    """What the LMS has: two students' notebooks, and the class list with all three."""
    released = nbformat.read(COURSE / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    with zipfile.ZipFile(term.course / "moodle.zip", "w") as archive:
        for number, name in enumerate(("김 하나", "Bob Lee")):
            content = answered(released, f"What {name} thinks.") if number else released
            archive.writestr(f"{name}_{number}_assignsubmission_file_/{LESSON}.ipynb", nbformat.writes(content))
    roster = f"id,name,email\nhana,김 하나,h@example.org\nbob,Bob Lee,b@example.org\n{term.name},Own Name,\n"
    (term.course / "class.csv").write_text(roster, encoding="utf-8")


def grade_by_hand(term: Term, block: guide.Block) -> None:
    """Give three of four items and a comment on the page that the guide opens."""
    command = block.text.replace("autograder rubric", "exec autograder rubric --no-browser")
    with subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=term.course,
        stdout=subprocess.PIPE,
        text=True,
        **term.options(block),
    ) as server:
        try:
            address = server.stdout.readline().split()[-1]
            browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
            page = browser.open(address).read().decode()
            origin = address.partition("/?")[0]
            found = re.search(rf'data-student="{term.name}"\s+data-state=\'(.*?)\'', page)
            change = {"student": term.name, "seen": json.loads(found[1])["seen"], "items": [True, True, False, True]}
            change |= {"points": None, "comment": "Say what the knee did.", "graded": True}
            asked = urllib.request.Request(
                f"{origin}/{LESSON}/{WRITTEN}", json.dumps(change).encode(), {"Origin": origin}
            )
            assert json.loads(browser.open(asked).read())["state"]["points"] == 3.0
        finally:
            server.send_signal(signal.SIGINT)
            server.communicate(timeout=120)
    assert server.returncode == 0


def formgraders_page(term: Term) -> str:
    """The id of its page of the student's submission, after what was given by hand is there."""
    with Gradebook(f"sqlite:///{term.course}/graded/gradebook.db", "seq2seq_to_attention") as book:
        grade = book.find_grade(WRITTEN, LESSON, LESSON, term.name)
        assert (grade.manual_score, grade.needs_manual_grade) == (3.0, False)
        return grade.notebook.id


def look_at_formgrader(term: Term, block: guide.Block) -> None:
    """Start JupyterLab as the guide says, and see formgrader's page of a submission in it."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    options = f"--no-browser --allow-root --ServerApp.port={port} --IdentityProvider.token=t --ServerApp.log_level=40"
    command = ["bash", "-euo", "pipefail", "-c", block.text.replace("jupyter lab", f"exec jupyter lab {options}")]
    submission = formgraders_page(term)
    with subprocess.Popen(command, cwd=term.course, **term.options(block)) as server:
        try:
            page = _get(f"http://127.0.0.1:{port}/formgrader/submissions/{submission}/?token=t", server)
            listed = _get(f"http://127.0.0.1:{port}/formgrader/api/submissions/{LESSON}?token=t", server)
        finally:
            server.terminate()
    assert RUBRIC in page
    assert "A model answer." in page
    assert "Little." in page
    assert {one["student"] for one in json.loads(listed)} == {"hana", "bob", term.name}


def _get(address: str, server: subprocess.Popen) -> str:
    for _ in range(1200):
        assert server.poll() is None, "JupyterLab ended"
        try:
            with urllib.request.urlopen(address) as answer:
                return answer.read().decode()
        except ConnectionRefusedError:
            time.sleep(0.2)
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(0.2)
    raise AssertionError(f"no answer from {address}")


@pytest.fixture(scope="module")
def postgres() -> Iterator[postgres_server.Server | None]:
    folder = postgres_server.binaries()
    if folder is None:
        yield None
        return
    with postgres_server.running(folder) as server:
        server.create("course")
        yield server


@pytest.fixture
def user() -> Iterator[ordinary_user.OrdinaryUser | None]:
    """Who may do nothing special, where root can make such a user with a Python of its own; else none."""
    with ExitStack() as stack:
        try:
            made = stack.enter_context(ordinary_user.made())
            made.python()
        except pytest.skip.Exception:
            made = None
        yield made


@pytest.mark.slow
@pytest.mark.sandbox
def test_every_command_works_in_the_order_of_the_guide(tmp_path, sandbox_or_skip, postgres, user):
    term, said = Term(user.home if user else tmp_path, user), {}
    with_git = shutil.which("git") is not None
    if with_git:
        term.run(guide.Block("bash", "", TAKEN_INTO_GIT))
    hand_over(term)
    for block in guide.blocks("bash", "toml", "json"):
        if block.kind == "toml":
            term.set(block.text.replace("2026", str(date.today().year + 1)))  # handed in today is in time
        elif block.kind == "json":
            term.configure(block.text)
        elif "jupyter lab" in block.text:
            look_at_formgrader(term, block)
        elif "autograder rubric" in block.text:
            grade_by_hand(term, block)
        elif block.who == "postgres":
            if postgres is not None:
                address = postgres.url("course")
                said[block.text] = term.run(guide.Block("bash", "", block.text.replace(DATABASE, address)))
        elif "autograder report" not in block.text or "report" in known_commands():
            if "nbgrader submit" in block.text:
                work(term)
            said[block.text] = term.run(block)
    _look_at_what_came_of_it(term, said)
    if with_git:
        assert term.run(guide.Block("bash", "", "git status --porcelain")) == ""
    if postgres is not None:
        with postgres.connect("course") as connection:
            assert connection.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (3,)


def _look_at_what_came_of_it(term: Term, said: dict[str, str]) -> None:
    me, rows = term.name, term.rows()
    assert {rows[student, exercise] for student in (me, "bob") for exercise in SOLVED} == {("passed", 1.0)}
    assert (rows[me, WRITTEN], rows["bob", WRITTEN]) == (("manual", 3.0), ("manual", 0.0))
    (page,) = (term.student / LESSON / "feedback").glob(f"*/{LESSON}.html")
    fetched = page.read_text(encoding="utf-8")
    assert "Say what the knee did." in fetched
    assert RUBRIC not in fetched
    assert "model answer" not in fetched.lower()
    assert (term.course / "graded" / "feedback" / "bob" / LESSON / f"{LESSON}.html").is_file()
    in_exchange = list(term.exchange.glob("*/feedback/*.html"))
    assert in_exchange
    assert all(path.stat().st_mode & 0o004 for path in in_exchange)  # the student is another user
    released = next(text for command, text in said.items() if "release_feedback" in command)
    assert "not released: bob, hana" in released
    marks = next(text for command, text in said.items() if "autograder marks" in command)
    assert "Not final: 1 answers" in marks
    with (term.course / "graded" / "marks" / "course.csv").open(encoding="utf-8-sig", newline="") as file:
        totals = {row["student"]: float(row["total"]) for row in csv.DictReader(file)}
    with (term.course / "graded" / "gradebook.csv").open(encoding="utf-8", newline="") as file:
        exported = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert totals == exported == {me: 5.0, "bob": 2.0, "hana": 0.0}
