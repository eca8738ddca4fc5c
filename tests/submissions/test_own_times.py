"""Times inside what a student hands in: kept, named in a note, and of no use to the student. The receipts count."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grading_cases as cases
import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from autograder.cli import app
from autograder.course.lessons import all_lessons
from autograder.course.settings import SETTINGS_VARIABLE
from autograder.errors import GradingError
from autograder.grading.console import ClassRun
from autograder.submissions.attempt_folders import Attempt
from autograder.submissions.attempts import limited, seconds_late, time_handed_in
from autograder.submissions.collect import collect
from autograder.submissions.find import Submission, find_submissions
from autograder.submissions.receipts import COLLECTED, COLUMNS, EXCHANGE, LOG, add_receipts, read_receipts

LESSON = cases.LESSON
LESSONS = [lesson.slug for lesson in all_lessons()]
DUE = datetime(2026, 3, 9, 12, tzinfo=UTC)
EARLY, LATE = "2026-03-01 10:00:00 UTC", "2026-05-20 10:00:00 UTC"
EARLY_FOLDER = "attempts/2026-03-01T000000Z"
FIRST_FOUR = {name: cases.ANSWERS[name] for name in cases.EXERCISES[:4]}


def put(folder: Path, student: str, content: object = "{}", place: str = "", stamp: str = "") -> Path:
    """A notebook in a student's folder for the lesson, as a student hands it in: no receipt."""
    path = folder / student / LESSON / place / f"{LESSON}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else cases.nbformat.writes(content))
    if stamp:
        path.with_name("timestamp.txt").write_text(stamp)
    return path


def receipt(folder: Path, path: Path, time: datetime | None, source: str = "moodle.zip") -> None:
    place = path.relative_to(folder).as_posix()
    add_receipts(folder, [{"outcome": COLLECTED, "source": source, "place": place, "handed_in": time}])


def only(folder: Path) -> Submission:
    (found,) = find_submissions(folder, LESSONS, LESSONS)
    return found


class TestWhatCounts:
    def test_a_folders_own_time_does_not_go_before_the_receipt(self, tmp_path):
        late = DUE + timedelta(days=3)
        receipt(tmp_path, put(tmp_path, "kim", stamp=EARLY), late)
        submission = only(tmp_path)
        assert [(one.time, one.claimed) for one in submission.attempts] == [(late, None)]
        assert submission.notes == (f"timestamp.txt says {EARLY}; 2026-03-12 12:00:00 UTC counts, by collected.csv",)

    def test_without_a_receipt_it_counts_only_where_it_is_late(self, tmp_path):
        for stamp, counts in ((EARLY, None), (LATE, datetime(2026, 5, 20, 10, tzinfo=UTC))):
            put(tmp_path, "kim", stamp=stamp)
            (attempt,) = only(tmp_path).attempts
            assert attempt.time is None
            assert time_handed_in(attempt, DUE) == counts
            assert time_handed_in(attempt, None) is None
            assert "counts only where it is late; if you put it there, enter it with" in only(tmp_path).notes[0]

    def test_attempts_of_ones_own_are_named_and_not_graded(self, tmp_path):
        plain = put(tmp_path, "kim", stamp=LATE)
        put(tmp_path, "kim", place=EARLY_FOLDER)
        put(tmp_path, "kim", place="attempts/2026-05-19T000000Z", stamp=EARLY)
        submission = only(tmp_path)
        assert [one.notebook for one in submission.attempts] == [plain]
        assert seconds_late(submission.attempts[0], DUE) > 0
        assert "(2026-03-01T000000Z, 2026-05-19T000000Z): not graded" in submission.notes[1]

    def test_where_there_are_only_those_the_newest_is_graded_with_the_time_of_the_whole(self, tmp_path):
        put(tmp_path, "kim", place=EARLY_FOLDER, stamp=EARLY)
        newest = put(tmp_path, "kim", place="attempts/2026-03-02T000000Z", stamp=EARLY)
        assert [(one.notebook, one.time) for one in only(tmp_path).attempts] == [(newest, None)]
        late = DUE + timedelta(days=3)
        receipt(tmp_path, tmp_path / "kim" / LESSON / f"{LESSON}.ipynb", late)
        assert [(one.notebook, one.time) for one in only(tmp_path).attempts] == [(newest, late)]

    def test_an_attempt_that_the_collector_put_there_counts_beside_ones_own(self, tmp_path):
        late = DUE + timedelta(days=3)
        receipt(tmp_path, put(tmp_path, "kim", "1"), late)
        receipt(tmp_path, put(tmp_path, "kim", "2", "attempts/2026-03-08T000000Z", EARLY), DUE)
        put(tmp_path, "kim", "3", EARLY_FOLDER)
        submission = only(tmp_path)
        assert [(one.name, one.time) for one in submission.attempts] == [("2026-03-08T000000Z", DUE), ("", late)]
        assert len(submission.notes) == 2

    def test_a_receipt_in_a_students_folder_is_none(self, tmp_path):
        path = put(tmp_path, "kim", stamp=EARLY)
        (tmp_path / "kim" / LESSON / LOG).write_text("collected,source,file,student,lesson,outcome,reason\n")
        receipt(tmp_path / "kim", path, DUE - timedelta(days=9))
        receipt(tmp_path / "kim" / LESSON, path, DUE - timedelta(days=9))
        assert [one.time for one in only(tmp_path).attempts] == [None]

    def test_a_time_that_is_none_is_told(self, tmp_path):
        put(tmp_path, "kim", stamp="yesterday")
        _, refusal = find_submissions(tmp_path, LESSONS, LESSONS)
        assert refusal.reason == "holds no time such as 2026-03-09 14:59:00 UTC; it is passed over"
        receipt(tmp_path, tmp_path / "kim" / LESSON / f"{LESSON}.ipynb", DUE)
        assert only(tmp_path).notes == ()


class TestReceipts:
    def test_collect_writes_them_and_grade_reads_them(self, tmp_path):
        (tmp_path / "handed").mkdir()
        (tmp_path / "handed" / f"kim {LESSON}.ipynb").write_text("{}")
        collect(tmp_path / "handed", tmp_path / "class", handed_in=DUE)
        assert [one.time for one in only(tmp_path / "class").attempts] == [DUE]
        (tmp_path / "class" / "kim" / LESSON / "timestamp.txt").write_text(EARLY)
        assert [one.time for one in only(tmp_path / "class").attempts] == [DUE]

    def test_of_an_earlier_version_are_taken_from_the_file_that_it_wrote(self, tmp_path):
        place = put(tmp_path, "kim", stamp=EARLY).relative_to(tmp_path)
        put(tmp_path, "lee", stamp=EARLY)
        put(tmp_path, "park", stamp=EARLY).with_name("submission_secret.txt").write_text("x")
        header = "collected,source,file,student,lesson,outcome,reason\n"
        rows = (("x", "kim", "collected"), ("y", "park", "collected"), ("z", "lee", "there already"))
        text = (f"t,a.zip,{n},{who},{LESSON},{what},{str(place).replace('kim', who)}\n" for n, who, what in rows)
        (tmp_path / LOG).write_text(header + "".join(text))
        early = datetime(2026, 3, 1, 10, tzinfo=UTC)
        expected = {f"kim/{LESSON}": early, f"park/{LESSON}": None}
        assert read_receipts(tmp_path) == expected
        receipt(tmp_path, put(tmp_path, "choi"), DUE)
        assert read_receipts(tmp_path) == {**expected, f"choi/{LESSON}": DUE}
        with (tmp_path / LOG).open(encoding="utf-8", newline="") as file:
            assert [row["file"] for row in csv.DictReader(file)] == ["x", "y", "z", ""]

    def test_a_folder_from_the_exchange_takes_the_place_of_all_that_was_there(self, tmp_path):
        receipt(tmp_path, put(tmp_path, "kim", place=EARLY_FOLDER), DUE - timedelta(days=9))
        receipt(tmp_path, put(tmp_path, "kim"), DUE, EXCHANGE)
        assert read_receipts(tmp_path) == {f"kim/{LESSON}": DUE}

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("a,b\n", "line 1: expected the columns collected, source"),
            (f"{','.join(COLUMNS)}\n,,,,,collected,,a/b/c,soon\n", "line 2: handed_in is 'soon', expected a time"),
            ("\udcff", "save it as CSV in UTF-8"),
        ],
    )
    def test_that_cannot_be_read_are_told_with_the_line(self, tmp_path, text, told):
        (tmp_path / LOG).write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(GradingError, match=told):
            read_receipts(tmp_path)


class TestFoldersMadeByHand:
    def run(self, folder: Path, *arguments: str) -> str:
        done = CliRunner().invoke(app, ["receipts", str(folder), *arguments])
        assert done.exit_code == 0, done.output
        return done.output

    def test_their_times_are_listed_and_entered_when_asked(self, tmp_path):
        put(tmp_path, "kim", stamp=EARLY)
        put(tmp_path, "kim", place="attempts/2026-03-02T000000Z")
        put(tmp_path, "lee", stamp=LATE)
        put(tmp_path, "park")
        listed = self.run(tmp_path)
        assert f"kim/{LESSON}/{LESSON}.ipynb: {EARLY}, by timestamp.txt" in listed
        assert "2026-03-02 00:00:00 UTC, by 2026-03-02T000000Z" in listed
        assert "3 times have no receipt" in listed
        assert not (tmp_path / LOG).exists()
        assert "2 times are in" in self.run(tmp_path, "kim", "--enter")
        assert len(read_receipts(tmp_path)) == 2
        found = {one.student: one for one in find_submissions(tmp_path, LESSONS, LESSONS)}
        assert [one.name for one in found["kim"].attempts] == ["", "2026-03-02T000000Z"]
        assert found["kim"].notes == ()
        assert found["lee"].attempts[0].time is None
        assert f"lee/{LESSON}/{LESSON}.ipynb: {LATE}" in self.run(tmp_path, "--enter")
        assert "Every time that a folder has is in the receipts." in self.run(tmp_path, "--enter")

    def test_what_is_in_the_receipts_is_not_entered_over(self, tmp_path):
        receipt(tmp_path, put(tmp_path, "kim", stamp=EARLY), DUE)
        assert "Every time" in self.run(tmp_path, "--enter")
        assert read_receipts(tmp_path) == {f"kim/{LESSON}": DUE}

    def test_links_are_not_followed(self, tmp_path):
        put(tmp_path / "other", "kim", stamp=EARLY)
        (tmp_path / "class").mkdir()
        (tmp_path / "class" / "kim").symlink_to(tmp_path / "other" / "kim")
        assert "Every time" in self.run(tmp_path / "class")


class TestLimit:
    def submission(self, count: int) -> Submission:
        attempts = (Attempt(Path(f"{n}.ipynb"), str(n), DUE + timedelta(hours=n)) for n in range(count))
        return Submission("kim", LESSON, Path(f"{count - 1}.ipynb"), tuple(attempts))

    def test_the_first_count_and_the_rest_is_noted(self):
        found = limited(self.submission(5), 2)
        assert ([one.name for one in found.attempts], found.notebook) == (["0", "1"], Path("1.ipynb"))
        assert found.notes == ("handed in 5 times, and course.toml allows 2: the first 2 count",)

    @pytest.mark.parametrize("limit", [0, 5, 9])
    def test_none_and_one_that_is_kept_change_nothing(self, limit):
        assert limited(self.submission(5), limit) == self.submission(5)
        assert limited(self.submission(5), limit).notes == ()


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
class TestClass:
    """One story, told in order: two students who are late, with times of their own."""

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory, sandbox_or_skip) -> Path:
        folder = tmp_path_factory.mktemp("own_times")
        solved = cases.answered(cases.ANSWERS)
        for student in ("honest", "own_attempt", "own_stamp", "collected"):
            path = put(folder / "class", student, cases.answered(FIRST_FOUR), stamp=LATE)
        path.with_name("timestamp.txt").write_text(EARLY)
        receipt(folder / "class", path, datetime(2026, 5, 20, 10, tzinfo=UTC))
        put(folder / "class", "own_attempt", solved, EARLY_FOLDER)
        put(folder / "class", "own_stamp", solved, "attempts/2026-05-19T000000Z", EARLY)
        return folder

    @pytest.fixture(autouse=True)
    def rules(self, monkeypatch, folder) -> None:
        self.settings(monkeypatch, folder)

    def settings(self, monkeypatch, folder: Path, limit: int = 0) -> None:
        path = folder / "course.toml"
        text = f"[due]\n{LESSON} = 2026-03-09T12:00:00Z\n[late]\npenalty = 'zero'\n[attempts]\nlimit = {limit}\n"
        path.write_text(text)
        monkeypatch.setenv(SETTINGS_VARIABLE, str(path))

    def grade(self, folder: Path, attempts: str | None = None) -> ClassRun:
        return cases.grade(folder / "class", folder / "graded", workers=2, attempts=attempts)

    def entered(self, folder: Path) -> dict[str, tuple[float, float]]:
        """Score and penalty of each."""
        with Gradebook(f"sqlite:///{folder / 'graded' / 'gradebook.db'}") as book:
            found = book.assignment_submissions(LESSON)
            return {one.student.id: (one.score, one.late_submission_penalty) for one in found}

    def test_all_are_late_alike(self, folder):
        found = self.grade(folder)
        assert self.entered(folder) == dict.fromkeys(("honest", "own_attempt", "own_stamp", "collected"), (4.0, 4.0))
        assert sorted({note.where for note in found.notes}) == [
            f"{name}/{LESSON}" for name in ("collected", "honest", "own_attempt", "own_stamp")
        ]
        assert found.refusals == ()

    def test_nor_does_the_best_count_them(self, folder):
        self.grade(folder, "best")
        assert set(self.entered(folder).values()) == {(4.0, 4.0)}

    def test_what_is_entered_as_a_receipt_counts_and_a_limit_takes_the_first(self, folder, monkeypatch):
        done = CliRunner().invoke(app, ["receipts", str(folder / "class"), "own_attempt", "--enter"])
        assert done.exit_code == 0
        self.grade(folder)
        assert self.entered(folder)["own_attempt"] == (len(cases.EXERCISES), 0.0)
        self.settings(monkeypatch, folder, limit=1)
        found = self.grade(folder)
        assert self.entered(folder)["own_attempt"] == (len(cases.EXERCISES), 0.0)
        assert "course.toml allows 1" in " ".join(note.text for note in found.notes)

    def test_an_attempt_that_no_longer_counts_leaves_its_notebook_to_none(self, folder):
        """The notebook that goes back is again that of the attempt that counts."""
        back = folder / "graded" / "autograded" / "own_attempt" / LESSON / f"{LESSON}.ipynb"
        last = cases.EXERCISES[-1]
        assert cases.ANSWERS[last] in cases.marked(cases.nbformat.read(back, as_version=4))[last].source
        log = folder / "class" / LOG
        lines = log.read_text(encoding="utf-8").splitlines(keepends=True)
        log.write_text("".join(line for line in lines if "own_attempt" not in line), encoding="utf-8")
        found = self.grade(folder)
        assert self.entered(folder)["own_attempt"] == (4.0, 4.0)
        assert "raise NotImplementedError" in cases.marked(cases.nbformat.read(back, as_version=4))[last].source
        assert found.judged == 0
