"""`autograder rubric`: one written answer of a whole class, graded by its rubric into nbgrader's gradebook."""

import http.client
import json
import os
import re
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import grading_cases as cases
import pytest
import rubric_cases
from nbgrader.api import Gradebook
from page_attacks import ATTACHMENTS, HTML, MARKDOWN
from page_reader import Reader
from rubric_cases import LESSON, NAME, answered
from typer.testing import CliRunner

from autograder.cli import app
from autograder.errors import GradingError
from autograder.reports.rubric import scores_by_hand as by_hand
from autograder.reports.rubric.desk import Desk, Refused
from autograder.reports.rubric.questions import find_questions
from autograder.reports.rubric.scores_by_hand import compose, read_class, take_apart
from autograder.reports.rubric.server import HOST, RubricServer

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning"),
]

ADDRESS = f"/{LESSON}/{NAME}"
PICTURES = Path(os.environ.get("SCREENSHOTS") or Path(__file__).parents[2] / "build/screenshots")
TEXTS = {"hana": "The knee moved **by two clauses**.", "bob": "Little.", "lee": "", "kim": "One limit: depth."}


@pytest.fixture(scope="module")
def root(tmp_path_factory) -> Path:
    return rubric_cases.make_folder(tmp_path_factory.mktemp("rubric") / "graded", TEXTS)


@pytest.fixture(scope="module")
def question(root):
    (found,) = find_questions(root, [], [])
    return found


@pytest.fixture
def desk(root, question) -> Iterator[Desk]:
    """A desk at which nobody has graded anything."""
    with gradebook(root) as book:
        for student in TEXTS:
            grade = book.find_grade(NAME, LESSON, LESSON, student)
            grade.manual_score, grade.needs_manual_grade = None, bool(TEXTS[student])
            book.find_comment(NAME, LESSON, LESSON, student).manual_comment = None
    return Desk(root, [question])


@contextmanager
def gradebook(root: Path) -> Iterator[Gradebook]:
    with Gradebook(f"sqlite:///{root}/gradebook.db", "seq2seq_to_attention") as book:
        yield book
        book.db.commit()


def give(desk: Desk, whose: str, *items: bool, **more: object) -> dict:
    found = read_class(desk._root, desk._questions[ADDRESS])[whose]
    asked: dict = {
        "student": whose,
        "seen": found.seen,
        "items": list(items),
        "points": None,
        "comment": "",
        "graded": True,
    }
    return desk.change(ADDRESS, asked | more)


def entered(root: Path, student: str) -> tuple[float | None, bool, str | None]:
    """What formgrader shows: the score by hand, whether it waits, and the comment."""
    with gradebook(root) as book:
        grade, comment = (find(NAME, LESSON, LESSON, student) for find in (book.find_grade, book.find_comment))
        return grade.manual_score, grade.needs_manual_grade, comment.manual_comment


class TestGradebook:
    def test_items_become_points_and_a_comment(self, desk, root, question):
        state = give(desk, "hana", True, True, False, True, comment="Say what the knee did.")
        score, waits, comment = entered(root, "hana")
        assert (score, waits) == (0.75, False)
        first, _, third, _ = question.rubric.items
        assert comment.startswith(f"✓ {first}\n")
        assert f"\n– {third}\n" in comment
        assert comment.endswith("\n\nSay what the knee did.")
        assert (state["points"], state["items"], state["comment"], state["status"]) == (
            *(0.75, [True, True, False, True]),
            *("Say what the knee did.", "graded"),
        )

    def test_no_item_is_a_grade_too_and_can_be_taken_back(self, desk, root):
        give(desk, "bob", False, False, False, False)
        assert entered(root, "bob")[:2] == (0.0, False)
        give(desk, "bob", False, False, False, False, graded=False, comment="Ask her.")
        assert entered(root, "bob") == (None, True, "Ask her.")

    def test_points_of_ones_own_go_before_those_of_the_items(self, desk, root):
        give(desk, "bob", True, False, False, False, points=0.4)
        assert entered(root, "bob")[0] == 0.4

    def test_grading_again_keeps_what_was_given(self, desk, root, question):
        give(desk, "kim", True, False, False, False, comment="Which?")
        rubric_cases.hand_in(root, "kim", answered(TEXTS["kim"]), same=True)
        kept = read_class(root, question)["kim"]
        assert (kept.points, kept.items[0], kept.comment, kept.status) == (0.25, True, "Which?", by_hand.GRADED)

    def test_another_notebook_is_to_be_looked_at_again(self, desk, root, question):
        give(desk, "kim", True, True, True, True)
        rubric_cases.hand_in(root, "kim", answered("Two limits: depth and data."))
        found = read_class(root, question)["kim"]
        assert (found.points, found.status) == (1.0, by_hand.AGAIN)
        assert "Two limits" in desk.page(ADDRESS)

    def test_what_formgrader_changed_meanwhile_is_not_overwritten(self, desk, root):
        seen = give(desk, "hana", True, False, False, False)["seen"]
        with gradebook(root) as book:
            book.find_grade(NAME, LESSON, LESSON, "hana").manual_score = 0.9
        with pytest.raises(Refused, match="someone else has graded") as refused:
            give(desk, "hana", False, False, False, False, seen=seen)
        assert refused.value.state["points"] == 0.9
        assert entered(root, "hana")[0] == 0.9

    @pytest.mark.parametrize(
        "asked",
        [
            {"items": [True]},
            {"items": [1, 0, 0, 0]},
            {"points": 1.5},
            {"points": -1},
            {"points": float("nan")},
            {"points": "1"},
            {"comment": None},
            {"comment": "x" * 30_000},
            {"student": "nobody"},
            {"seen": ""},
        ],
        ids=str,
    )
    def test_what_is_no_grade_is_refused(self, desk, root, asked):
        with pytest.raises(Refused):
            give(desk, "bob", *[True] * 4, **asked)
        assert entered(root, "bob") == (None, True, None)

    def test_a_comment_is_taken_apart_as_it_was_composed(self, question):
        items = question.rubric.items
        given = dict(zip(items, (True, False, True, False), strict=True))
        own = "First line.\n\n✓ not an item\nlast"
        assert take_apart(items, compose(given, own)) == (tuple(given.values()), own)
        assert take_apart(items, "") == ((False,) * 4, "")


class TestPage:
    def test_it_shows_who_wrote_and_names_who_did_not(self, desk, root):
        page = Reader(desk.page(ADDRESS))
        students = [attributes["data-student"] for _, attributes in page.tags if "data-student" in attributes]
        assert sorted(students) == ["bob", "hana", "kim"]
        again = Reader(desk.page(ADDRESS))
        assert students == [attributes["data-student"] for _, attributes in again.tags if "data-student" in attributes]
        assert "Nothing written: 1" in page.text
        assert "<strong>by two clauses</strong>" in desk.page(ADDRESS)
        assert "A model answer" in page.text

    def test_nothing_that_a_student_wrote_runs(self, tmp_path):
        hostile = answered("\n\n".join((*HTML, *MARKDOWN)))
        cases.marked(hostile)[NAME].attachments = ATTACHMENTS
        name = "<img src=x onerror=alert(1)>' data-x='"
        root = rubric_cases.make_folder(tmp_path / "graded", {name.replace("/", "∕"): hostile})
        page = Desk(root, find_questions(root, [], [])).page(ADDRESS)
        tags = Reader(page).tags
        assert [attributes.get("src") for tag, attributes in tags if tag == "script"] == ["/page.js"]
        assert not [tag for tag, _ in tags if tag in ("iframe", "object", "embed", "form", "svg", "style", "base")]
        assert not [one for _, attributes in tags for one in attributes if one.startswith("on") or one == "data-x"]
        links = [attributes.get("href", "") for tag, attributes in tags if tag == "a"]
        assert all(re.match(r"https?:|mailto:|#|/", link) for link in links)
        assert all(attributes["src"].startswith("data:") for tag, attributes in tags if tag == "img")

    def test_a_folder_without_such_answers_is_refused_with_those_that_there_are(self, root, tmp_path):
        with pytest.raises(GradingError, match=f"There are: {NAME} in {LESSON}"):
            find_questions(root, ["01_seq2seq"], [])
        with pytest.raises(GradingError, match="no folder of `autograder grade`"):
            find_questions(tmp_path, [], [])

    def test_the_command_refuses_a_folder_in_one_line(self, tmp_path):
        done = CliRunner().invoke(app, ["rubric", str(tmp_path)])
        assert isinstance(done.exception, GradingError)


@pytest.fixture
def server(desk) -> Iterator[RubricServer]:
    with RubricServer(desk) as made:
        thread = threading.Thread(target=made.serve_forever, daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def request(server: RubricServer, method: str, path: str, body: str | None = None, **headers: str):
    connection = http.client.HTTPConnection(HOST, server.server_port, timeout=60)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer, content


def cookie(server: RubricServer) -> str:
    answer, _ = request(server, "GET", f"/?{urllib.parse.urlsplit(server.address).query}")
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict"} <= set(answer.headers["Set-Cookie"].split("; "))
    return answer.headers["Set-Cookie"].partition(";")[0]


class TestServer:
    def test_it_listens_to_this_machine_alone(self, server):
        assert server.server_address[0] == "127.0.0.1"

    def test_who_has_the_address_gets_the_page_which_loads_nothing_from_elsewhere(self, server):
        known = cookie(server)
        answer, page = request(server, "GET", "/", Cookie=known)
        assert answer.status == 200
        assert "The knee moved" in page
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert server.secret not in page
        for name in ("/page.js", "/page.css"):
            assert request(server, "GET", name, Cookie=known)[0].status == 200

    @pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=%ff", ADDRESS, "/page.js"])
    def test_who_has_not_gets_nothing(self, server, path):
        answer, content = request(server, "GET", path)
        assert answer.status == 403
        assert "knee" not in content

    def test_a_name_that_leads_here_is_refused(self, server):
        answer, _ = request(server, "GET", "/", Cookie=cookie(server), Host=f"evil.example:{server.server_port}")
        assert answer.status == 403

    def test_a_change_comes_from_the_page_alone(self, server, root, desk):
        known = cookie(server)
        seen = read_class(root, desk._questions[ADDRESS])["bob"].seen
        change = {"student": "bob", "seen": seen, "items": [True] * 4, "points": None, "comment": "", "graded": True}
        for headers in (
            {"Origin": server.origin},
            {"Cookie": known},
            {"Cookie": known, "Origin": "https://evil.example"},
        ):
            assert request(server, "POST", ADDRESS, json.dumps(change), **headers)[0].status == 403
        assert entered(root, "bob")[0] is None
        answer, content = request(server, "POST", ADDRESS, json.dumps(change), Cookie=known, Origin=server.origin)
        assert (answer.status, json.loads(content)["state"]["points"]) == (200, 1.0)
        assert entered(root, "bob")[0] == 1.0
        answer, content = request(server, "POST", ADDRESS, json.dumps(change), Cookie=known, Origin=server.origin)
        assert (answer.status, json.loads(content)["state"]["points"]) == (409, 1.0)

    @pytest.mark.parametrize("body", ["", "{", "[" * 100_000, "x" * 300_000, '"a"', "[]", "null"])
    def test_what_is_no_change_is_refused(self, server, body):
        answer, content = request(server, "POST", ADDRESS, body, Cookie=cookie(server), Origin=server.origin)
        assert answer.status in (400, 409)
        assert json.loads(content)["message"]

    def test_an_address_that_there_is_not_is_told(self, server):
        assert request(server, "GET", "/02_context_limit/other", Cookie=cookie(server))[0].status == 404


@pytest.fixture(params=["light", "dark"])
def page(request, server):
    """The page in Chromium, in a theme."""
    api = pytest.importorskip("playwright.sync_api", reason="no browser tests: pip install playwright")
    from lab_cases import PATIENCE, find_browser

    if (browser := find_browser()) is None:
        pytest.skip("no browser tests: there is no Chromium here")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    api.expect.set_options(timeout=1000 * PATIENCE)
    with api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser, args=root)
        made = chromium.new_page(color_scheme=request.param, viewport={"width": 1280, "height": 900})
        made.set_default_timeout(1000 * PATIENCE)
        faults: list[str] = []
        made.on("pageerror", lambda error: faults.append(str(error)))
        made.on(
            "console",
            lambda said: faults.append(said.text) if said.type == "error" and "409" not in said.text else None,
        )
        made.goto(server.address)
        yield made
        chromium.close()
        assert faults == []


@pytest.mark.browser
class TestBrowser:
    """By keys alone."""

    def test_a_class_is_graded_by_keys_and_what_was_given_is_there_when_the_page_is_opened_again(
        self, page, root, request
    ):
        from playwright.sync_api import expect

        saved, which = page.locator("#saved"), page.locator("#which")
        expect(page.locator("#progress")).to_have_text("0 of 3 graded, 3 to go")
        expect(which).to_have_text("Answer 1")
        page.keyboard.press("1")
        page.keyboard.press("3")
        expect(page.locator(".item").nth(2)).to_have_attribute("aria-pressed", "true")
        expect(saved).to_have_text("Saved.")
        page.keyboard.press("c")
        page.keyboard.type("1 more: say what the knee did, please.")
        page.keyboard.press("Escape")
        expect(saved).to_have_text("Saved.")
        page.keyboard.press("n")
        expect(which).to_have_text("Answer 2")
        page.keyboard.press("0")
        expect(saved).to_have_text("Saved.")
        page.keyboard.press("Enter")
        expect(which).to_have_text("Answer 3")
        for typed, said in (("7", "Not saved: points are a number from 0 to 1."), ("0,6", "Saved.")):
            page.keyboard.press("p")
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            expect(saved).to_have_text(said)
        expect(page.locator("#progress")).to_have_text("3 of 3 graded, 0 to go")
        page.keyboard.press("h")
        expect(which).to_contain_text("Answer 3 · ")
        self._picture(page, request)
        students = [one.get_attribute("data-student") for one in page.locator("article").all()]
        scores = [entered(root, student) for student in students]
        assert [score for score, _, _ in scores] == [0.5, 0.0, 0.6]
        assert scores[0][2].endswith("\n\n1 more: say what the knee did, please.")
        page.reload()
        expect(page.locator(".badge").first).to_have_text("✓ 0.5 of 1")
        assert page.locator("#comment").input_value() == "1 more: say what the knee did, please."

    def _picture(self, page, request) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURES / f"rubric_{request.node.callspec.params['page']}.png")
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.set_viewport_size({"width": 1280, "height": 900})

    def test_a_change_of_somebody_else_is_shown_and_yours_is_not_lost(self, page, root):
        from playwright.sync_api import expect

        student = page.locator("article").first.get_attribute("data-student")
        with gradebook(root) as book:
            grade = book.find_grade(NAME, LESSON, LESSON, student)
            grade.manual_score, grade.needs_manual_grade = 0.9, False
        page.on("dialog", lambda dialog: dialog.accept())
        page.keyboard.press("a")
        expect(page.locator("#saved")).to_contain_text("someone else has graded this answer meanwhile")
        expect(page.locator("#saved")).to_contain_text("There: 0.9 of 1.")
        assert entered(root, student)[0] == 0.9
        page.keyboard.press("s")
        expect(page.locator("#saved")).to_have_text("Saved.")
        assert entered(root, student)[0] == 1.0
