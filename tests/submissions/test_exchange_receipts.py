"""`nbgrader collect` with the course's own collector: when a folder of the exchange was handed in, by receipt."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grading_cases as cases
import pytest
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.exchange_factory import ExchangeFactory
from traitlets.config import Config

from autograder.course.lessons import all_lessons
from autograder.gradebook.placing import write_receipt
from autograder.nbgrader_settings import COURSE_ID, configure
from autograder.submissions import exchange
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.find import Submission, find_submissions
from autograder.submissions.receipts import LOG, read_receipts

LESSON = cases.LESSON
LESSONS = [lesson.slug for lesson in all_lessons()]
EARLIER = datetime.now(UTC) - timedelta(days=30)
PLACE = f"kim/{LESSON}"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")


class Hub:
    """An exchange, and a course that collects from it.

    What students submit is written here as `nbgrader submit` writes it, or as a student can.
    """

    def __init__(self, folder: Path):
        self.root, self.inbound = folder / "course", folder / "exchange" / COURSE_ID / "inbound"
        for path in (self.root, self.inbound):
            path.mkdir(parents=True)
        self._exchange, self.now = folder / "exchange", datetime.now(UTC)

    def submit(self, named: datetime, student: str = "kim", stamp: str | None = None, **files: str) -> Path:
        name = f"{student}+{LESSON}+{named.strftime('%Y-%m-%d %H:%M:%S.%f UTC')}+aGVsbG8"
        folder = self.inbound / name
        for place, text in {f"{LESSON}.ipynb": str(named), **files}.items():
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            (folder / place).write_text(text)
        (folder / "timestamp.txt").write_text(named.strftime("%Y-%m-%d %H:%M:%S.%f UTC") if stamp is None else stamp)
        (folder / "submission_secret.txt").write_text("secret")
        return folder

    def collect(self, change_times: bool = True, update: bool = True) -> Path:
        """The folder of submissions."""
        config = Config()
        configure(config)
        config.CourseDirectory.root = str(self.root)
        config.CourseDirectory.assignment_id = LESSON
        config.CourseDirectory.db_url = f"sqlite:///{self.root}/gradebook.db"
        config.Exchange.root = str(self._exchange)
        config.Collect.change_times = change_times
        config.ExchangeCollect.update = update
        config.ExchangeCollect.check_owner = False
        directory = CourseDirectory(config=config)
        ExchangeFactory(config=config).Collect(coursedir=directory, config=config).start()
        return self.root / "submitted"

    def times(self) -> dict[str, datetime | None]:
        return dict(read_receipts(self.root / "submitted"))

    def only(self) -> Submission:
        (found,) = find_submissions(self.root / "submitted", LESSONS, LESSONS)
        return found


@pytest.fixture
def hub(tmp_path, monkeypatch) -> Iterator[Hub]:
    monkeypatch.setenv("PATH", sysconfig.get_path("scripts"), prepend=":")  # nbgrader looks for alembic there
    mask = os.umask(0o022)
    yield Hub(tmp_path)
    os.umask(mask)


def about(time: datetime) -> object:
    return pytest.approx(time.timestamp(), abs=60)


class TestWhenItWasHandedIn:
    def test_what_was_just_submitted_has_the_time_in_its_name(self, hub):
        hub.submit(hub.now)
        hub.collect()
        assert hub.times() == {PLACE: hub.now.replace(microsecond=0)}
        submission = hub.only()
        assert ([one.time for one in submission.attempts], submission.notes) == ([hub.now.replace(microsecond=0)], ())

    def test_a_name_and_a_file_of_an_earlier_time_do_not_count(self, hub, caplog):
        hub.submit(EARLIER)
        hub.collect()
        assert hub.times()[PLACE].timestamp() == about(hub.now)
        assert "after the time in its name" in (hub.root / "submitted" / LOG).read_text()

    def test_nor_do_times_that_its_owner_set(self, hub):
        folder = hub.submit(EARLIER)
        for path in (*folder.iterdir(), folder):
            os.utime(path, (EARLIER.timestamp(), EARLIER.timestamp()))
        hub.collect()
        assert hub.times()[PLACE].timestamp() == about(hub.now)

    def test_a_notebook_that_was_written_over_later_is_as_late_as_that(self, hub, monkeypatch):
        later = hub.now + timedelta(hours=3)
        folder = hub.submit(hub.now)
        notebook = folder / f"{LESSON}.ipynb"
        os.utime(notebook, (later.timestamp(), later.timestamp()))
        hub.collect()
        assert hub.times()[PLACE].timestamp() == about(later)

    @pytest.mark.parametrize("stamp", ["2026-03-01 10:00:00 UTC", "yesterday", "", "2099-01-01 00:00:00 UTC"])
    def test_the_students_own_file_is_kept_beside_the_one_that_counts(self, hub, stamp):
        hub.submit(hub.now, stamp=stamp)
        folder = hub.collect() / "kim" / LESSON
        assert (folder / exchange.OF_STUDENT).read_text() == stamp
        assert (folder / "timestamp.txt").read_text() == hub.now.strftime("%Y-%m-%d %H:%M:%S UTC")
        hub.submit(hub.now + timedelta(seconds=90))
        hub.collect()  # nbgrader gives up on the whole class where it cannot read an earlier file
        assert hub.times()[PLACE] == (hub.now + timedelta(seconds=90)).replace(microsecond=0)

    def test_attempts_that_were_handed_in_with_it_are_not_graded(self, hub):
        own = f"attempts/2026-03-01T000000Z/{LESSON}.ipynb"
        hub.submit(hub.now, **{own: "{}"})
        hub.collect()
        submission = hub.only()
        assert [one.name for one in submission.attempts] == [""]
        assert "no receipt in collected.csv names" in submission.notes[0]

    def test_names_can_be_trusted_where_the_exchange_was_moved(self, hub):
        hub.submit(EARLIER)
        hub.collect(change_times=False)
        assert hub.times() == {PLACE: EARLIER.replace(microsecond=0)}

    def test_without_a_newer_one_nothing_is_entered_again(self, hub):
        hub.submit(hub.now)
        hub.collect()
        before = (hub.root / "submitted" / LOG).read_bytes()
        hub.collect()
        assert (hub.root / "submitted" / LOG).read_bytes() == before


class TestLinks:
    def test_what_a_link_leads_to_is_not_copied(self, hub, tmp_path):
        solution = tmp_path / "solution.ipynb"
        solution.write_text("the answers")
        folder = hub.submit(hub.now)
        (folder / f"{LESSON}.ipynb").unlink()
        (folder / f"{LESSON}.ipynb").symlink_to(solution)
        (folder / "[all]").symlink_to(tmp_path)
        copy = hub.collect() / "kim" / LESSON
        assert sorted(path.name for path in copy.iterdir()) == ["submission_secret.txt", "timestamp.txt"]

    def test_nor_is_a_folder_that_is_one(self, hub, tmp_path):
        folder = hub.submit(hub.now)
        elsewhere = shutil.move(folder, tmp_path / "elsewhere")
        folder.symlink_to(elsewhere)
        assert not (hub.collect() / "kim" / LESSON).exists()


def test_feedback_finds_its_way_back_where_no_time_is_known(tmp_path):
    (tmp_path / "handed").mkdir()
    (tmp_path / "handed" / "submission_secret.txt").write_text("secret")
    write_receipt(Attempt(tmp_path / "handed" / f"{LESSON}.ipynb"), tmp_path)
    assert (tmp_path / "timestamp.txt").read_text() == ""
    assert (tmp_path / "submission_secret.txt").read_text() == "secret"


@pytest.mark.slow
def test_nbgraders_command_in_the_course_writes_receipts(hub, tmp_path):
    hub.submit(EARLIER)
    (hub.root / "nbgrader_config.py").write_text(
        "from autograder.nbgrader_settings import configure\nc = get_config()\nconfigure(c)\n"
        f"c.Exchange.root = {str(tmp_path / 'exchange')!r}\n"
    )
    program = Path(sysconfig.get_path("scripts")) / "nbgrader"
    done = subprocess.run(
        [sys.executable, program, "collect", LESSON], cwd=hub.root, capture_output=True, text=True,
        env={**os.environ, "HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "none")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "after the time in its name" in done.stderr
    assert hub.times()[PLACE].timestamp() == about(datetime.now(UTC))
