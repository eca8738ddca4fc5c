"""What other users of the machine see of a class, and what they can change: nothing."""

import json
import os
import stat
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import grading_cases as cases
import ordinary_user
import pytest
from nbformat import NotebookNode
from typer.testing import CliRunner
from worker_cases import TellingJudge

from autograder.cli import app
from autograder.permissions import close_to_writers, make_private, readable_by_others, written_privately

LESSON = cases.LESSON
NBGRADER = Path(sysconfig.get_path("scripts")) / "nbgrader"


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def open_to_others(folder: Path, bits: int = 0o077) -> list[str]:
    """What in a folder, or the folder itself, has some of these bits."""
    return sorted(path.name for path in [folder, *folder.rglob("*")] if mode(path) & bits)


def as_exchange_leaves_it(folder: Path, *students: str, content: NotebookNode | str = cases.RELEASE) -> Path:
    """A class as stock nbgrader collects it: folders that everyone can write to."""
    for student in students:
        path = cases.hand_in(folder, student, content)
        path.chmod(0o666)
        path.parent.chmod(0o777)
        path.parent.parent.chmod(0o777)
    return folder


class TestFolder:
    @pytest.mark.parametrize(("before", "after"), [(0o755, 0o700), (0o750, 0o700), (0o777, 0o770), (0o2775, 0o2770)])
    def test_it_is_closed_to_all_but_the_group_that_it_was_given_to(self, tmp_path, before, after):
        tmp_path.chmod(before)
        assert "other users of this machine could look into it" in make_private(tmp_path)
        assert mode(tmp_path) == after
        assert make_private(tmp_path) == ""

    def test_nothing_in_it_can_be_written_by_others(self, tmp_path):
        folder = as_exchange_leaves_it(tmp_path / "submitted", "kim", "lee")
        assert "submitted: 6 files and folders could be changed by other users" in close_to_writers(folder)
        assert open_to_others(folder, 0o022) == []
        assert close_to_writers(folder) == ""

    def test_what_a_group_was_given_stays_the_groups(self, tmp_path):
        folder = as_exchange_leaves_it(tmp_path / "submitted", "kim")
        folder.chmod(0o2775)
        assert close_to_writers(folder)
        assert open_to_others(folder, 0o002) == []
        assert mode(folder / "kim" / LESSON / f"{LESSON}.ipynb") == 0o664

    def test_a_link_leads_to_nothing_that_is_changed(self, tmp_path):
        elsewhere = tmp_path / "elsewhere"
        elsewhere.write_text("mine")
        elsewhere.chmod(0o666)
        folder = tmp_path / "submitted"
        folder.mkdir()
        (folder / "link").symlink_to(elsewhere)
        (folder / "dangling").symlink_to(tmp_path / "nowhere")
        assert close_to_writers(folder) == ""
        assert mode(elsewhere) == 0o666

    def test_who_cannot_reach_a_folder_is_not_told_of(self, tmp_path, monkeypatch):
        (tmp_path / "closed" / "open").mkdir(parents=True)
        monkeypatch.setattr("autograder.permissions.stat.S_IXOTH", 0o4000)  # as if nothing above were in the way
        assert readable_by_others(tmp_path / "closed" / "open") == ""
        monkeypatch.undo()
        (tmp_path / "closed").chmod(0o700)
        assert readable_by_others(tmp_path / "closed" / "open") == ""

    @pytest.mark.parametrize(("of_group", "expected"), [(0o700, 0o600), (0o755, 0o600), (0o770, 0o660)])
    def test_what_is_written_meanwhile_is_private(self, tmp_path, of_group, expected):
        tmp_path.chmod(of_group)
        with written_privately(tmp_path):
            (tmp_path / "new").touch()
        (tmp_path / "later").touch()
        assert (mode(tmp_path / "new"), mode(tmp_path / "later")) == (expected, 0o644)


class TestRun:
    def test_the_output_folder_is_private_from_the_start(self, tmp_path):
        cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
        cases.grade(tmp_path / "class", judge=TellingJudge())
        assert mode(tmp_path / "graded") == 0o700
        assert open_to_others(tmp_path / "graded") == []
        assert mode(tmp_path) & 0o700 == 0o700
        assert os.umask(0o022) == 0o022  # as before

    def test_one_of_an_earlier_version_is_closed_and_that_is_told(self, tmp_path):
        cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
        cases.grade(tmp_path / "class", judge=TellingJudge())
        (tmp_path / "graded").chmod(0o755)
        said: list[str] = []
        cases.grade(tmp_path / "class", judge=TellingJudge(), on_progress=lambda text, done, count: said.append(text))
        assert mode(tmp_path / "graded") == 0o700
        assert any("graded: other users of this machine could look into it" in text for text in said)

    def test_a_folder_of_several_assistants_stays_theirs(self, tmp_path):
        cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
        (tmp_path / "together").mkdir()
        (tmp_path / "together").chmod(0o2770)
        cases.grade(tmp_path / "class", tmp_path / "together", judge=TellingJudge())
        assert mode(tmp_path / "together") == 0o2770
        assert mode(tmp_path / "together" / "grades.csv") == 0o660

    def test_submissions_are_closed_before_they_are_graded(self, tmp_path):
        folder = as_exchange_leaves_it(tmp_path / "submitted", "kim", "lee")
        said: list[str] = []
        cases.grade(folder, judge=TellingJudge(), on_progress=lambda text, done, count: said.append(text))
        assert open_to_others(folder, 0o022) == []
        assert any("6 files and folders could be changed" in text for text in said)

    def test_what_collect_writes_is_private(self, tmp_path):
        as_exchange_leaves_it(tmp_path / "download" / "a", "kim")
        arguments = [
            "collect",
            tmp_path / "download",
            tmp_path / "submitted",
            "--pattern",
            r".*/(?P<student_id>\w+)/.*",
        ]
        done = CliRunner().invoke(app, list(map(str, arguments)), catch_exceptions=False)
        assert (tmp_path / "submitted" / "collected.csv").exists(), done.output
        assert open_to_others(tmp_path / "submitted") == []


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_gradebook_journal_notebooks_and_tables_are_private(tmp_path, sandbox_or_skip):
    cases.hand_in(tmp_path / "class", "kim", cases.RELEASE)
    cases.hand_in(tmp_path / "class", "lee", "no notebook")
    cases.grade(tmp_path / "class")
    CliRunner().invoke(
        app, ["marks", str(tmp_path / "graded"), "--to", str(tmp_path / "marks")], catch_exceptions=False
    )
    written = {path.name for path in (tmp_path / "graded").rglob("*")}
    assert written >= {"gradebook.db", "journal.sqlite", "grades.csv", "changes.csv", "run.json", "grading.log"}
    assert mode(tmp_path / "graded") == 0o700
    written_by_nbgrader = tmp_path / "graded" / "release"  # which sets the mode itself, of what everyone may read
    seen = [path for path in (tmp_path / "graded").rglob("*") if not path.is_relative_to(written_by_nbgrader)]
    assert [path.name for path in seen if mode(path) & 0o077] == []
    assert open_to_others(tmp_path / "marks") == []


@pytest.mark.slow
def test_what_nbgrader_collects_from_the_exchange_is_closed(tmp_path):
    exchange = tmp_path / "exchange"
    handed = exchange / "seq2seq_to_attention" / "inbound" / f"kim+{LESSON}+2026-03-09 12:00:00.000000 UTC+abc"
    handed.mkdir(parents=True)
    exchange.chmod(0o777)
    (handed / f"{LESSON}.ipynb").write_text(json.dumps(cases.RELEASE))
    (handed / "timestamp.txt").write_text("2026-03-09 12:00:00.000000 UTC")
    (handed / f"{LESSON}.ipynb").chmod(0o666)
    handed.chmod(0o777)
    course = tmp_path / "course"
    course.mkdir()
    (course / "nbgrader_config.py").write_text((ordinary_user.CHECKOUT / "nbgrader_config.py").read_text())
    (tmp_path / "jupyter").mkdir()
    (tmp_path / "jupyter" / "nbgrader_config.json").write_text(json.dumps({"Exchange": {"root": str(exchange)}}))
    environment = {
        **os.environ,
        "JUPYTER_CONFIG_DIR": str(tmp_path / "jupyter"),
        "PATH": f"{NBGRADER.parent}:/usr/bin:/bin",
    }
    command = [NBGRADER, "collect", LESSON]
    done = subprocess.run(command, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (course / "submitted" / "kim" / LESSON / f"{LESSON}.ipynb").exists(), done.stderr
    assert open_to_others(course / "submitted", 0o022) == []
    assert mode(course / "submitted") == 0o700


@pytest.mark.slow
class TestAsOrdinaryUser:
    """Not as root, whom no mode stops; students have accounts of their own on the machine."""

    @pytest.fixture
    def teacher(self) -> Iterator[ordinary_user.OrdinaryUser]:
        with ordinary_user.made() as user:
            yield user

    def grade(self, teacher: ordinary_user.OrdinaryUser) -> str:
        """What grading notebooks says that cannot be read: it needs neither sandbox nor kernel."""
        command = [teacher.python(), "-m", "autograder", "grade", "submitted", "--isolation", "none"]
        done = teacher.run(*command)
        assert done.returncode == 1, done.stdout + done.stderr
        return " ".join((done.stdout + done.stderr).split())

    def test_others_read_no_grade_and_files_that_are_theirs_are_named(self, teacher):
        folder = as_exchange_leaves_it(teacher.home / "submitted", "kim", "lee", content="no notebook")
        teacher.give(folder)
        with ordinary_user.made(f"{teacher.name}s") as student:
            student.give(folder / "lee")
            said = self.grade(teacher)
            assert "submitted: 3 files and folders could be changed by other users" in said
            assert "3 can be changed by other users, whose they are (lee, " in said
            assert "cp -r --no-preserve=mode,ownership" in said
            assert student.run("cat", teacher.home / "graded" / "grades.csv").returncode != 0
            assert student.run("ls", teacher.home / "graded").returncode != 0
            notebook = folder / "kim" / LESSON / f"{LESSON}.ipynb"
            assert student.run("sh", "-c", f"echo mine > {notebook}").returncode != 0
            assert student.run("touch", folder / "kim" / "new").returncode != 0
        assert mode(teacher.home / "graded") == 0o700

    def test_who_can_look_in_is_told_how_to_keep_others_out(self, teacher):
        folder = teacher.home / "submitted"
        cases.hand_in(folder, "kim", "no notebook")
        teacher.give(folder)
        said = self.grade(teacher)
        assert "other users of this machine can read it; to keep them out, run: chmod o-rwx submitted" in said
        folder.chmod(0o700)
        assert "can read it" not in self.grade(teacher)
