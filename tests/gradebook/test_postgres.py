"""The gradebook on a real PostgreSQL server: assistants at work while `grade` runs, and what a wrong address tells."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import grading_cases as cases
import nbformat
import postgres_server
import pytest
from nbgrader.api import Gradebook
from postgres_server import PASSWORD, Server

from autograder.course.lessons import find_lesson
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.errors import GradingError
from autograder.gradebook import database
from autograder.grading import run
from autograder.grading.options import Options
from autograder.reports.marks_command import marks_command

LESSON = find_lesson("02_context_limit")
WRITTEN = "what_capacity_bought"
STUDENTS = [f"student {number:02}" for number in range(10)]
ESCAPED = "p%40ss%2Fw%25rd-7f3a"
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


@pytest.fixture(autouse=True)
def no_password_left(monkeypatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "")  # `--db` sets it; afterwards it is as it was
    monkeypatch.delenv("PGPASSWORD")


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "told"),
        [
            ("nonsense with s3cret", "no address of a database"),
            ("mysql://kim:s3cret@host/course", "not on mysql"),
            ("postgresql://kim:s3cret@host", "names no database"),
            ("postgresql://kim:s3cret@s3cret@host/course", "@ is %40"),
            ("postgresql://kim:s3cret@host:s3cret/course", "no address of a database"),
        ],
    )
    def test_a_wrong_one_is_told_without_the_password(self, tmp_path, address, told):
        with pytest.raises(GradingError, match=told) as caught:
            database.connect(tmp_path, address)
        assert "s3cret" not in str(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_a_server_that_does_not_answer_is_named_with_its_address(self, tmp_path):
        with pytest.raises(GradingError, match=r"kim@127\.0\.0\.1:1/course: the gradebook cannot be reached") as caught:
            database.connect(tmp_path, "postgresql://kim:s3cret@127.0.0.1:1/course?password=s3cret")
        assert "s3cret" not in str(caught.value)

    def test_a_parameter_that_there_is_not_is_named_without_its_value(self, tmp_path):
        with pytest.raises(GradingError, match="pasword") as caught:
            database.connect(tmp_path, "postgresql://kim@127.0.0.1:1/course?pasword=s3cret")
        assert "s3cret" not in str(caught.value)

    def test_sqlite_is_the_default_and_is_not_left_behind(self, tmp_path):
        database.connect(tmp_path, None)
        assert database.address(tmp_path) == f"sqlite:///{tmp_path}/gradebook.db?timeout=60"
        (tmp_path / "gradebook.db").touch()
        with pytest.raises(GradingError, match="given by hand"):
            database.connect(tmp_path, "postgresql://kim@host/course")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if (folder := postgres_server.binaries()) is None:
        pytest.skip("no PostgreSQL server on this machine: apt-get install postgresql")
    with postgres_server.running(folder) as found:
        yield found


def hand_in_class(folder: Path) -> None:
    released = nbformat.read(LESSON.release_notebook, as_version=4)
    for student in STUDENTS:
        notebook = nbformat.from_dict(released)
        cases.marked(notebook)[WRITTEN].source = f"What {student} thinks."
        cases.hand_in(folder, student, notebook, LESSON.slug)


def set_points(monkeypatch, folder: Path, points: int) -> None:
    (folder / "course.toml").write_text(f"[points]\ndefault = {points}\n")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(folder / "course.toml"))


class Assistant(threading.Thread):
    """Someone in formgrader, which has a gradebook of its own and commits each score and each comment."""

    def __init__(self, url: str, what: str):
        super().__init__()
        self.url, self.what, self.began = url, what, threading.Event()

    def run(self) -> None:
        with Gradebook(self.url, "seq2seq_to_attention") as book:
            for number, student in enumerate(STUDENTS):
                if self.what == "score":
                    grade = book.find_grade(WRITTEN, LESSON.slug, LESSON.slug, student)
                    grade.manual_score, grade.needs_manual_grade = number / 10, False
                else:
                    comment = book.find_comment(WRITTEN, LESSON.slug, LESSON.slug, student)
                    comment.manual_comment = f"Seen, {student}"
                book.db.commit()
                self.began.set()


def by_hand(url: str) -> dict[str, tuple[float | None, bool, str | None]]:
    with Gradebook(url, "seq2seq_to_attention") as book:
        found = {}
        for student in STUDENTS:
            grade = book.find_grade(WRITTEN, LESSON.slug, LESSON.slug, student)
            comment = book.find_comment(WRITTEN, LESSON.slug, LESSON.slug, student)
            found[student] = grade.manual_score, grade.needs_manual_grade, comment.manual_comment
        return found


@pytest.mark.slow
@pytest.mark.sandbox
class TestClass:
    """One story, told in order."""

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory, server, sandbox_or_skip) -> Path:
        folder = tmp_path_factory.mktemp("class")
        hand_in_class(folder / "class")
        server.create("course")
        return folder

    def test_the_gradebook_is_on_the_server_and_no_file_holds_the_password(self, folder, server):
        done = cases.grade(folder / "class", workers=2, db=server.url("course", ESCAPED))
        assert {row.status for row in done.results if row.exercise == WRITTEN} == {"manual"}
        assert not (folder / "graded" / "gradebook.db").exists()
        with server.connect("course") as connection:
            assert connection.execute("SELECT count(*) FROM submitted_assignment").fetchone() == (len(STUDENTS),)
        files = [path for path in (folder / "graded").rglob("*") if path.is_file()]
        assert len(files) > 2 * len(STUDENTS)
        given = (PASSWORD.encode(), ESCAPED.encode())
        assert [path for path in files if any(text in path.read_bytes() for text in given)] == []

    def test_the_folder_remembers_it_and_what_is_known_is_not_graded_again(self, folder, monkeypatch):
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        assert cases.grade(folder / "class").known == len(STUDENTS)

    def test_assistants_write_while_all_is_entered_anew_and_nothing_is_lost(self, folder, server, monkeypatch):
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        set_points(monkeypatch, folder, 3)  # touches every row of the gradebook
        assistants = [Assistant(server.url("course"), what) for what in ("score", "comment")]
        started = threading.Event()

        def on_progress(message: str, done: int, count: int) -> None:
            if done >= 1 and not started.is_set():  # the first is entered, the others follow
                started.set()
                for one in assistants:
                    one.start()

        done = cases.grade(folder / "class", workers=2, on_progress=on_progress)
        for one in assistants:
            one.join()
        assert (done.judged, {row.max_score for row in done.results}) == (0, {3.0})
        expected = {student: (n / 10, False, f"Seen, {student}") for n, student in enumerate(STUDENTS)}
        assert by_hand(server.url("course")) == expected

    def test_another_run_keeps_them_and_asks_to_look_again_only_at_another_notebook(
        self, folder, server, monkeypatch, capsys
    ):
        monkeypatch.setenv("PGPASSWORD", PASSWORD)
        set_points(monkeypatch, folder, 2)
        path = folder / "class" / STUDENTS[9] / LESSON.slug / f"{LESSON.slug}.ipynb"
        path.write_text(path.read_text().replace("thinks.", "thinks now."))
        before = by_hand(server.url("course"))
        done = cases.grade(folder / "class", workers=2)
        points, _, comment = before[STUDENTS[9]]
        assert by_hand(server.url("course")) == before | {STUDENTS[9]: (points, True, comment)}
        assert {row.score for row in done.results if row.exercise == WRITTEN} == {n / 10 for n in range(len(STUDENTS))}
        marks_command(folder / "graded", None, None, None)
        assert "Not final: 1 answers wait" in capsys.readouterr().out

    def test_a_wrong_password_and_another_database_are_refused(self, folder, server, tmp_path, capsys):
        options = Options(folder / "class", tmp_path, workers=1, db=server.url("course", "s3cret"))
        assert run.grade_command(options) == 2
        told = capsys.readouterr().err
        assert "password authentication failed" in told
        assert "s3cret" not in told
        assert os.environ["PGPASSWORD"] == "s3cret"
        with pytest.raises(GradingError, match=r"its gradebook is at .*/course, not at .*/other"):
            cases.grade(folder / "class", db=server.url("other"))
