"""Late and repeated submissions: which counts, what being late costs, and that every attempt stays in the journal."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grading_cases as cases
import judge_cases
import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder.course.lessons import all_lessons
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.errors import GradingError
from autograder.gradebook import course_root, lateness
from autograder.grading import run
from autograder.grading.options import Options
from autograder.grading.sandbox_judge import SandboxJudge
from autograder.nbgrader_plugins import LatePenalty
from autograder.results import journal
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.attempts import counting, seconds_late
from autograder.submissions.find import Refusal, Submission, find_submissions
from autograder.submissions.receipts import COLLECTED, LOG, add_receipts
from autograder.submissions.timestamps import parse_time

LESSON, EXERCISES = cases.LESSON, cases.EXERCISES
LESSONS = [lesson.slug for lesson in all_lessons()]
DUE = datetime(2026, 3, 9, 12, tzinfo=UTC)
FIRST_FOUR = {name: cases.ANSWERS[name] for name in EXERCISES[:4]}
BEFORE, LATER, LATE = "2026-03-08T120000Z", "2026-03-09T115900Z", "2026-03-11T110000Z"


def hand_in(folder: Path, student: str, content: object, time: str = "", in_file: str = "") -> Path:
    """Into the lesson's folder, or among the attempts where a time is given, with the collector's receipt."""
    path = cases.hand_in(folder, f"{student}/{LESSON}/attempts/{time}" if time else student, content, LESSON)
    if time:  # not a lesson's folder of its own
        path = path.rename(path.parents[1] / path.name)
        (path.parent / LESSON).rmdir()
    if in_file:
        path.with_name("timestamp.txt").write_text(in_file)
    if when := parse_time(in_file or time):
        place = path.relative_to(folder).as_posix()
        add_receipts(folder, [{"outcome": COLLECTED, "place": place, "handed_in": when}])
    return path


class TestFinding:
    def found(self, folder: Path) -> list[Submission | Refusal]:
        return find_submissions(folder, LESSONS, LESSONS)

    def test_attempts_beside_the_plain_layout_and_instead_of_it(self, tmp_path):
        hand_in(tmp_path, "both", "{}")
        hand_in(tmp_path, "both", "{}", LATE)
        hand_in(tmp_path, "both", "{}", BEFORE)
        hand_in(tmp_path, "instead", "{}", "2026-03-09_20-59-00+0900")
        hand_in(tmp_path, "plain", "{}", in_file="2026-03-09 14:59:00 +0300")
        both, instead, plain = self.found(tmp_path)
        assert [one.name for one in both.attempts] == ["", BEFORE, LATE]
        assert both.notebook == both.attempts[-1].notebook
        assert [one.time for one in instead.attempts] == [datetime(2026, 3, 9, 11, 59, tzinfo=UTC)]
        assert [one.time for one in plain.attempts] == [datetime(2026, 3, 9, 11, 59, tzinfo=UTC)]

    def test_what_is_no_attempt_is_listed_and_the_others_count(self, tmp_path):
        hand_in(tmp_path, "kim", "{}", BEFORE)
        attempts = tmp_path / "kim" / LESSON / "attempts"
        (attempts / "final version").mkdir()
        (attempts / LATE).mkdir()
        (attempts / "notes.ipynb").write_text("{}")
        (attempts / "2026-03-10").symlink_to(attempts / BEFORE)
        submission, *refused = self.found(tmp_path)
        assert [one.name for one in submission.attempts] == [BEFORE]
        assert {one.where.rsplit("/", 1)[-1]: one.reason.split(",")[0] for one in refused} == {
            "final version": "is no folder named by a time",
            LATE: f"expected {LESSON}.ipynb",
            "notes.ipynb": "is no folder named by a time",
            "2026-03-10": "is a symbolic link",
        }
        assert not any(one.attributed for one in refused)

    def test_where_no_attempt_can_be_had_the_student_is_recorded_once(self, tmp_path):
        (tmp_path / "kim" / LESSON / "attempts" / BEFORE).mkdir(parents=True)
        refused = self.found(tmp_path)
        assert [one.attributed for one in refused] == [True, False]


def attempt(name: str, hours: float | None) -> Attempt:
    return Attempt(Path(name), name, None if hours is None else DUE + timedelta(hours=hours))


class TestCounting:
    plain, early, late, later = attempt("a", None), attempt("b", -5), attempt("c", 5), attempt("d", 50)

    @pytest.mark.parametrize(
        ("names", "counts"), [("abcd", "b"), ("acd", "a"), ("cd", "d"), ("b", "b"), ("ab", "b"), ("d", "d")]
    )
    def test_the_newest_on_time_counts_else_the_newest(self, names, counts):
        given = [one for one in (self.plain, self.early, self.late, self.later) if one.name in names]
        assert counting(given, DUE, "newest").name == counts
        assert counting(given, None, "newest").name == given[-1].name

    def test_the_best_counts_and_of_equals_the_first(self):
        given, points = [self.plain, self.early, self.late, self.later], {"a": 1, "b": 3, "c": 3, "d": 2}
        assert counting(given, DUE, "best", lambda one: points[one.name]).name == "b"

    def test_lateness(self):
        assert [seconds_late(one, DUE) for one in (self.plain, self.early, self.late)] == [0, 0, 5 * 3600]
        assert seconds_late(self.later, None) == 0


@pytest.mark.parametrize(
    ("method", "hours", "lost"),
    [
        ("none", 5, None),
        ("zero", 5, 8),
        ("per_day", 5, 2),
        ("per_day", 25, 4),
        ("per_day", 500, 8),
        ("zero", 0.5, None),
    ],
)
def test_penalties(method, hours, lost):
    plugin = LatePenalty(penalty_method=method, share_per_day=0.25, grace_seconds=3600)
    assert plugin.late_submission_penalty("kim", 8, hours * 3600) == lost


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_a_penalty_plugin_that_the_folders_nbgrader_settings_name_goes_before(tmp_path, monkeypatch):
    settings(monkeypatch, tmp_path, penalty="per_day")
    path = tmp_path / course_root.CONFIG_FILE
    path.write_text(course_root.CONFIG)
    assert lateness.late_penalty(course_root.course_directory(tmp_path, LESSON), "kim", 8, 10) == 2
    own = 'c.AssignLatePenalties.plugin_class = "nbgrader.plugins.LateSubmissionPlugin"\n'
    path.write_text(f'{course_root.CONFIG}{own}c.LateSubmissionPlugin.penalty_method = "zero"\n')
    directory = course_root.course_directory(tmp_path, LESSON)
    assert lateness.late_penalty(directory, "kim", 8, 10) == 8
    assert lateness.late_penalty(directory, "kim", 8, 0) == 0


def settings(monkeypatch, folder: Path, penalty: str = "per_day", count: str = "newest") -> None:
    text = f"[due]\n01_seq2seq = 2026-03-09T12:00:00Z\n[late]\npenalty = '{penalty}'\nshare_per_day = 0.25\n"
    path = folder / "course.toml"
    path.write_text(f"{text}[attempts]\ncount = '{count}'\n")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(path))


def grade(folder: Path, judge: SandboxJudge | None = None, isolation: str = "bubblewrap") -> run.ClassRun:
    return cases.grade(folder / "class", folder / "graded", workers=2, isolation=isolation, judge=judge)


def points(found: run.ClassRun, student: str) -> float:
    return sum(row.score for row in found.results if row.student == student)


def in_gradebook(folder: Path, student: str) -> tuple[float, float, datetime | None, float]:
    """Score, penalty, time and lateness."""
    with Gradebook(f"sqlite:///{folder / 'graded' / 'gradebook.db'}") as book:
        found = book.find_submission(LESSON, student)
        return found.score, found.late_submission_penalty, found.timestamp, found.total_seconds_late


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
class TestClass:
    """One story, told in order."""

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory, sandbox_or_skip) -> Path:
        folder = tmp_path_factory.mktemp("term")
        hand_in(folder / "class", "again", cases.answered(FIRST_FOUR), BEFORE)
        hand_in(folder / "class", "again", cases.RELEASE, LATER)
        hand_in(folder / "class", "again", judge_cases.solved(), LATE)
        hand_in(folder / "class", "late", cases.answered(FIRST_FOUR), in_file="2026-03-10 13:00:00 UTC")
        hand_in(folder / "class", "torn", cases.answered(FIRST_FOUR), BEFORE)
        hand_in(folder / "class", "torn", nbformat.writes(cases.RELEASE)[:-500], LATER)
        hand_in(folder / "class", "timely", judge_cases.solved(), in_file="2026-03-09 21:00:00 +0900")
        return folder

    @pytest.fixture(autouse=True)
    def rules(self, monkeypatch, folder) -> None:
        settings(monkeypatch, folder)

    def test_the_newest_on_time_counts_and_the_late_ones_lose_points(self, folder):
        found = grade(folder)
        assert {name: points(found, name) for name in ("again", "late", "torn", "timely")} == {
            **{"again": 0, "late": 4, "torn": 4},
            "timely": len(EXERCISES),
        }
        assert found.judged == 6 * len(EXERCISES)
        assert [(one.where, one.reason[:18]) for one in found.refusals] == [(f"torn/{LESSON}", LATER)]
        day_late = datetime(2026, 3, 10, 13)
        assert in_gradebook(folder, "late") == (4, 2, day_late, 25 * 3600)
        assert in_gradebook(folder, "timely") == (len(EXERCISES), 0, DUE.replace(tzinfo=None), 0)
        assert in_gradebook(folder, "again")[1:] == (0, datetime(2026, 3, 9, 11, 59), 0)

    def test_every_attempt_is_in_the_journal_and_the_last_row_counts(self, folder):
        with sqlite3.connect(folder / "graded" / journal.FILE) as book:
            rows = book.execute("SELECT attempt FROM graded WHERE student = 'again' ORDER BY number").fetchall()
        assert [name for (name,) in rows] == [BEFORE, LATER, LATE, LATER]
        statuses = {
            one.attempt: one.verdicts[EXERCISES[0]].status for one in journal.history(folder / "graded", "torn", LESSON)
        }
        assert statuses == {BEFORE: "passed", LATER: "unreadable"}

    def test_a_second_run_judges_nothing(self, folder):
        again = grade(folder)
        assert (again.judged, again.known, again.changes) == (0, 3, ())

    def test_the_best_counts_by_option_and_nothing_is_judged_for_it(self, folder):
        found = grade(folder, SandboxJudge(attempts="best"))
        assert (points(found, "again"), found.judged) == (len(EXERCISES), 0)
        late_by = (datetime(2026, 3, 11, 11, tzinfo=UTC) - DUE).total_seconds()
        assert in_gradebook(folder, "again")[1:] == (len(EXERCISES) / 2, datetime(2026, 3, 11, 11), late_by)
        assert {change.why for change in found.changes} == {f"another attempt counts: {LATE}"}
        back = folder / "graded" / "autograded" / "again" / LESSON / f"{LESSON}.ipynb"
        shown = cases.marked(nbformat.read(back, as_version=4))[f"check-{EXERCISES[-1]}"].outputs[0].text
        assert shown.startswith("✓")

    def test_the_best_is_by_what_is_left_after_the_penalty(self, folder, monkeypatch):
        settings(monkeypatch, folder, penalty="zero", count="best")
        found = grade(folder)
        assert (points(found, "again"), found.judged) == (4, 0)
        assert in_gradebook(folder, "late")[:2] == (4, 4)

    def test_an_extension_given_in_the_gradebook_moves_the_date(self, folder):
        with Gradebook(f"sqlite:///{folder / 'graded' / 'gradebook.db'}") as book:
            book.grant_extension(LESSON, "late", days=2)
            book.grant_extension(LESSON, "again", days=2)
        found = grade(folder)
        assert in_gradebook(folder, "late")[:2] == (4, 0)
        assert (points(found, "again"), in_gradebook(folder, "again")[1]) == (len(EXERCISES), 0)
        assert found.judged == 0

    def test_another_time_in_the_receipt_is_entered_and_judges_nothing(self, folder):
        log = folder / "class" / LOG
        receipts = log.read_text()
        log.write_text(receipts.replace("2026-03-10 13:00:00 UTC", "2026-03-12 13:00:00 UTC"))  # after the extension
        found = grade(folder)
        assert in_gradebook(folder, "late")[:3] == (4, 2, datetime(2026, 3, 12, 13))
        assert found.judged == 0

    def test_another_attempt_of_a_plain_submission_judges_only_that(self, folder):
        hand_in(folder / "class", "timely", cases.RELEASE, "2026-03-09T110000Z")
        found = grade(folder)
        assert (points(found, "timely"), found.judged) == (len(EXERCISES), len(EXERCISES))
        assert len(find_submissions(folder / "class", LESSONS, LESSONS)[-1].attempts) == 2


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_nbgraders_own_engine_takes_the_newest_on_time_and_its_penalties(tmp_path, monkeypatch, kernels):
    settings(monkeypatch, tmp_path)
    hand_in(tmp_path / "class", "again", cases.answered(FIRST_FOUR), BEFORE)
    hand_in(tmp_path / "class", "again", judge_cases.solved(), LATE)
    hand_in(tmp_path / "class", "late", cases.answered(FIRST_FOUR), LATE)
    found = grade(tmp_path, isolation="none")
    assert [points(found, name) for name in ("again", "late")] == [4, 4]
    assert in_gradebook(tmp_path, "again")[:2] == (4, 0)
    assert in_gradebook(tmp_path, "late")[:2] == (4, 2)
    with pytest.raises(GradingError, match="--attempts newest"):
        grade(tmp_path, Options(tmp_path, isolation="none", attempts="best").judge(), "none")


def test_the_option_is_one_of_two(tmp_path):
    with pytest.raises(GradingError, match="newest or best"):
        Options(tmp_path, attempts="last").judge()
