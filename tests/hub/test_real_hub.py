"""A class on a real JupyterHub: settings as `autograder hub` writes them, graders and a student, all ordinary users.

`make test-hub` runs it. The hub, its proxy and the users' servers are real; the browser is the system's Chromium.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import grading_cases as cases
import hub_cases
import nbformat
import ordinary_user
import pytest
from course_copy import COURSE, CourseCopy
from ordinary_user import OrdinaryUser

from autograder.hub.settings import GROUP, Hub, formgrader_path, hub_command

if TYPE_CHECKING:
    from postgres_server import Server

LESSON, WRITTEN = "02_context_limit", "what_capacity_bought"
COURSE_ID, DATABASE = "seq2seq_to_attention", "class"
PICTURES = Path(os.environ.get("SCREENSHOTS") or COURSE / "build/screenshots")
PATIENCE = 1000 * hub_cases.SECONDS
FETCH = """
async ([address, method, body, form]) => {
  const cookie = document.cookie.split("; ").map((one) => one.split("=")).filter(([name]) => name === "_xsrf").pop();
  const headers = {"X-XSRFToken": cookie ? cookie[1] : ""};
  if (body && !form) headers["Content-Type"] = "application/json";
  const content = body && (form ? new URLSearchParams(body) : JSON.stringify(body));
  const reply = await fetch(address, {method, headers, body: content});
  return [reply.status, await reply.text(), reply.headers.get("Content-Security-Policy")];
}
"""

pytestmark = [pytest.mark.hub, pytest.mark.filterwarnings("default")]


@pytest.fixture(scope="module")
def chromium() -> Iterator:
    api = pytest.importorskip("playwright.sync_api", reason="no test of a hub: pip install playwright")
    from lab_cases import find_browser

    if (browser := find_browser()) is None:
        pytest.skip("no test of a hub: there is no Chromium here")
    with api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        yield found
        found.close()


class Class:
    """Graders and a student of a machine, the folder of the class, and what `autograder hub` wrote.

    Attributes:
        teacher: who hands out, collects and grades.
        assistant: who grades by hand; the teacher, where there is no other.
        student: who hands in.
        database: the address of the gradebook; "" for a file.
    """

    def __init__(
        self, folder: Path, graders: Sequence[OrdinaryUser], student: OrdinaryUser, server: "Server | None" = None
    ):
        self.folder, self.student = folder, student
        self.teacher, self.assistant = graders[0], graders[-1]
        self.database = server.url(DATABASE) if server else ""
        self.etc, self.settings, self.course = folder / "etc", folder / "settings", folder / "class"
        names = tuple(grader.name for grader in graders)
        exchange = folder / "nbgrader" / "exchange"
        hub = Hub(exchange, self.course, names, self.database, self.etc, folder / "no_homes")
        assert hub_command(self.settings, hub) == 0
        subprocess.run([self.settings / "setup.sh"], check=True)
        copy = CourseCopy(folder / "copy").folder
        shutil.copytree(copy, self.course, dirs_exist_ok=True)
        shutil.copy(COURSE / "nbgrader_config.py", self.course)
        shutil.copy(COURSE / "autograder" / "course.toml", self.course)
        subprocess.run(["chown", "-R", f"{self.teacher.name}:{GROUP}", self.course], check=True)
        self.course.chmod(0o2770)
        for user in (*graders, student):
            user.home.chmod(0o700)

    def type(self, *command: str, code: int = 0) -> str:
        """What a command of the teacher's says, typed in the folder of the class."""
        scripts = self.teacher.scripts("autograder", "nbgrader", "alembic")
        environment = hub_cases.server_environment(self.etc, self.course)
        environment["PATH"] = f"{scripts}:{environment['PATH']}"
        line = f"cd {self.course} && {' '.join(command)}"
        done = self.teacher.run("sh", "-c", line, environment=environment, timeout=1800)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr


def database(stack: ExitStack, graders: Sequence[OrdinaryUser]) -> "Server":
    """A server with an empty database, whose password each grader has; skips where there is no PostgreSQL."""
    postgres_server = pytest.importorskip("postgres_server", reason="psycopg is not installed")
    if (binaries := postgres_server.binaries()) is None:
        pytest.skip("no test of a hub with PostgreSQL: there is none here; apt-get install postgresql")
    server = stack.enter_context(postgres_server.running(binaries))
    server.create(DATABASE)
    for grader in graders:
        kept = grader.home / ".pgpass"
        kept.write_text(f"127.0.0.1:{server.port}:{DATABASE}:{postgres_server.USER}:{postgres_server.PASSWORD}\n")
        kept.chmod(0o600)
        grader.give(kept)
    return server


@pytest.fixture(scope="module", params=["one grader", "assistants and PostgreSQL"])
def a_class(request) -> Iterator[Class]:
    hub_cases.require_hub()
    had_group = subprocess.run(["getent", "group", GROUP], capture_output=True).returncode == 0
    with ExitStack() as stack:
        several = request.param != "one grader"
        names = ["teacher", "student", *["assistant"] * several]
        teacher, student, *others = (stack.enter_context(ordinary_user.made(f"{one}{os.getpid()}")) for one in names)
        server = database(stack, [teacher, *others]) if several else None
        folder = Path(tempfile.mkdtemp(prefix="hub-", dir="/var/tmp"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.chmod(0o755)
        yield Class(folder, [teacher, *others], student, server)
    if not had_group:
        subprocess.run(["groupdel", GROUP], check=True)


@pytest.fixture(scope="module")
def address(a_class) -> Iterator[str]:
    proxy = hub_cases.require_hub()
    settings = a_class.settings / "jupyterhub_config_course.py"
    with hub_cases.running_hub(a_class.folder, settings, a_class.etc, a_class.teacher, proxy) as found:
        yield found


class Browser:
    """A user who has logged in and whose server runs."""

    def __init__(self, chromium, address: str, user: OrdinaryUser):
        self.address, self.base = address, f"{address}/user/{user.name}"
        self.page = chromium.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(PATIENCE)
        self.page.goto(f"{address}/hub/login")
        self.page.fill("#username_input", user.name)
        self.page.fill("#password_input", hub_cases.PASSWORD)
        self.page.click("#login_submit")
        self._wait_for_the_server()
        self.page.get_by_role("menuitem", name="Nbgrader").first.wait_for()

    def _wait_for_the_server(self) -> None:
        """The page that waits goes on by itself, except behind PyPI's proxy, which keeps its progress back."""
        for _ in range(hub_cases.SECONDS // 10):
            if self.page.url.startswith(f"{self.base}/lab"):
                return
            self.page.wait_for_timeout(10_000)
            if "/hub/spawn" in self.page.url:
                self.page.goto(f"{self.address}/hub/home")
                self.page.goto(f"{self.base}/lab")
        raise AssertionError(f"the server did not start: {self.page.url}")

    def ask(self, path: str, method: str = "GET", body: object = None, form: bool = False) -> tuple[int, str, str]:
        """Status, text and policy of what the user's server answers to a page of its own."""
        return tuple(self.page.evaluate(FETCH, [f"{self.base}/{path}", method, body, form]))

    def assignment(self, action: str, **more: str) -> dict:
        """What a button of the assignment list does."""
        status, text, _ = self.ask(
            f"assignments/{action}", "POST", {"course_id": COURSE_ID, "assignment_id": LESSON, **more}
        )
        assert status == 200, text
        answer = json.loads(text)
        assert answer["success"], answer
        return answer


@pytest.mark.usefixtures("a_class")
def test_a_class_goes_from_handing_out_to_feedback(a_class, address, chromium):
    PICTURES.mkdir(parents=True, exist_ok=True)
    a_class.type("nbgrader", "generate_assignment", LESSON, "--force")
    a_class.type("nbgrader", "release_assignment", LESSON)
    student = Browser(chromium, address, a_class.student)
    _solve(student)
    a_class.type("nbgrader", "collect", LESSON)
    options = ["--db", a_class.database] if a_class.database else []
    a_class.type("autograder", "grade", "submitted", "--isolation", "none", "--workers", "1", *options)
    _grade_by_hand(Browser(chromium, address, a_class.assistant), a_class)
    a_class.type("autograder", "feedback", "graded")
    a_class.type(f"cd graded && nbgrader release_feedback {LESSON}")
    student.assignment("fetch_feedback")
    (page,) = (a_class.student.home / LESSON / "feedback").glob(f"*/{LESSON}.html")
    assert "Say what the knee did." in page.read_text(encoding="utf-8")
    _look_at_doctor(a_class)


def _solve(student: Browser) -> None:
    """Fetch, answer, validate, hand in."""
    student.assignment("fetch")
    path = f"{LESSON}/{LESSON}.ipynb"
    status, text, _ = student.ask(f"api/contents/{path}")
    assert status == 200, text
    notebook = nbformat.from_dict(json.loads(text)["content"])
    solution = nbformat.read(COURSE / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    cases.marked(notebook)["find_knee"].source = cases.marked(solution)["find_knee"].source
    cases.marked(notebook)[WRITTEN].source = "It moves the knee by two clauses."
    saved = student.ask(f"api/contents/{path}", "PUT", {"type": "notebook", "content": notebook})
    assert saved[0] == 200, saved[1]
    student.page.goto(f"{student.base}/lab/tree/{path}")
    student.page.locator(".jp-NotebookPanel:visible").wait_for()
    assert student.page.get_by_role("menuitem", name="Formgrader").count() == 0
    student.page.screenshot(path=PICTURES / "hub_1_student.png")
    status, text, _ = student.ask("assignments/validate", "POST", {"path": path}, form=True)
    assert status == 200, text
    student.assignment("submit")


def _grade_by_hand(grader: Browser, a_class: Class) -> None:
    """In formgrader, in a tab of its own, since the hub refuses it in a frame."""
    page = grader.page
    page.goto(f"{grader.address}{formgrader_path(a_class.course)}")
    page.wait_for_url(f"{grader.base}/formgrader/manage_assignments")
    page.get_by_role("link", name=LESSON).first.wait_for()
    page.screenshot(path=PICTURES / "hub_2_formgrader.png")
    _, text, policy = grader.ask(f"formgrader/api/submitted_notebooks/{LESSON}/{LESSON}")
    (submission,) = json.loads(text)
    assert submission["student"] == a_class.student.name
    assert "frame-ancestors 'none'" in policy
    page.goto(f"{grader.base}/formgrader/submissions/{submission['id']}/")
    page.get_by_text("For the grader, not shown to learners").wait_for()
    page.get_by_text("It moves the knee by two clauses.").scroll_into_view_if_needed()
    page.screenshot(path=PICTURES / "hub_3_grade_by_hand.png")
    for kind, change in (("grade", {"manual_score": 0.75}), ("comment", {"manual_comment": "Say what the knee did."})):
        _, text, _ = grader.ask(f"formgrader/api/{kind}s?submission_id={submission['id']}")
        (found,) = [one for one in json.loads(text) if one["name"] == WRITTEN]
        status, text, _ = grader.ask(f"formgrader/api/{kind}/{found['id']}", "PUT", change)
        assert status == 200, text


def _look_at_doctor(a_class: Class) -> None:
    said = a_class.type("autograder doctor --hub || true")
    marks = {line.split()[1]: line[0] for line in said.splitlines() if line[:1] in "✓✗" and line.strip()}
    assert {name: marks[name] for name in ("proxy", "exchange", "root", "frames", "class")} == dict.fromkeys(
        ("proxy", "exchange", "root", "frames", "class"), "✓"
    ), said
    assert a_class.student.name not in said.partition("homes")[2].splitlines()[0]
    others = a_class.student.run("cat", a_class.course / "graded" / "grades.csv")
    assert others.returncode != 0
