"""More time for one student, by course.toml: in nbgrader's own field; and what grading tells of what was late."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grading_cases as cases
import pytest
from judge_cases import solved
from nbgrader.api import Gradebook
from worker_cases import TellingJudge

from autograder.course import settings
from autograder.course.settings import SETTINGS_VARIABLE, read_settings
from autograder.errors import CourseError
from autograder.grading import run
from autograder.grading.console import ClassRun, show_run
from autograder.results import journal
from autograder.results.fingerprint import hash_scoring
from autograder.results.grades import ExerciseResult, read_grades, write_grades
from autograder.results.score_changes import LATE, changes

LESSON, OTHER, EXERCISES = cases.LESSON, "02_context_limit", cases.EXERCISES
DUE = "[due]\n01_seq2seq = 2026-03-09T12:00:00Z\n[late]\npenalty = 'per_day'\nshare_per_day = 0.25\n"
ALL = float(len(EXERCISES))


def read(folder: Path, text: str) -> dict:
    path = folder / "course.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path)


class TestSettings:
    def test_a_date_is_the_end_of_that_day_in_the_courses_zone(self, tmp_path):
        text = "[course]\ntime_zone = 'Asia/Seoul'\n[extensions.kim]\n01_seq2seq = 2026-03-16\n"
        found = read(tmp_path, f'{text}[extensions."김 하나.2"]\n02_context_limit = 2026-03-16T09:00:00Z\n')[
            "extensions"
        ]
        assert found["kim"] == {LESSON: datetime(2026, 3, 16, 14, 59, 59, tzinfo=UTC)}
        assert found["김 하나.2"] == {OTHER: datetime(2026, 3, 16, 9, tzinfo=UTC)}

    def test_it_is_asked_for_by_lesson_and_student_however_the_name_is_spelt(self, tmp_path, monkeypatch):
        read(tmp_path, '[extensions."김"]\n01_seq2seq = 2026-03-16T00:00:00Z\n')
        monkeypatch.setenv(SETTINGS_VARIABLE, str(tmp_path / "course.toml"))
        given = datetime(2026, 3, 16, tzinfo=UTC)
        decomposed = "\u1100\u1175\u11b7"  # as macOS spells the folder
        assert settings.extension(LESSON, "김") == settings.extension(LESSON, decomposed) == given
        assert settings.extension(OTHER, "김") is None
        assert settings.extension(LESSON, "lee") is None
        assert hash_scoring(LESSON, "newest", "김") != hash_scoring(LESSON, "newest", "lee")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            (
                "[extensions.kim]\n01_seq2sec = 2026-03-16",
                "line 2: extensions.kim.01_seq2sec is not known; did you mean",
            ),
            (
                "[extensions]\nkim = 2026-03-16",
                'line 2: extensions.kim is 2026-03-16, expected a table: [extensions."kim"]',
            ),
            (
                "[extensions.kim]\n01_seq2seq = '16 March'",
                'line 2: extensions.kim.01_seq2seq is "16 March", expected a date',
            ),
            ('[extensions."k i.m"]\n\n01_seq2seq = 3', "line 3: extensions.k i.m.01_seq2seq is 3, expected a date"),
            ('[extensions]\n"k i.m".01_seq2seq = 3', "line 2: extensions.k i.m.01_seq2seq is 3, expected a date"),
            (
                "[due]\n01_seq2seq = 2026-03-16\n[extensions.kim]\n01_seq2seq = 2026-03-16",
                "line 4: extensions.kim.01_seq2seq is 2026-03-16 23:59:59+00:00, expected a time after",
            ),
        ],
    )
    def test_what_is_not_allowed_is_told_with_its_line(self, tmp_path, text, told):
        with pytest.raises(CourseError) as raised:
            read(tmp_path, text)
        assert told in str(raised.value)


def test_one_that_nobody_has_made_use_of_is_told(tmp_path, monkeypatch):
    path = tmp_path / "course.toml"
    dates = f"{LESSON} = 2026-03-16\n"
    path.write_text(
        f"[extensions.kim]\n{dates}{OTHER} = 2026-03-23\n[extensions.leee]\n{dates}[extensions.none]\n{dates}"
    )
    monkeypatch.setenv(SETTINGS_VARIABLE, str(path))
    for student in ("kim", "lee"):
        cases.hand_in(tmp_path / "class", student, cases.RELEASE)
    said: list[str] = []
    cases.grade(
        tmp_path / "class",
        judge=TellingJudge(),
        on_progress=lambda text, done, count: said.append(text),
        lessons=[LESSON],
    )
    assert [text for text in said if text.startswith("Extension")] == [
        f"Extension of leee in course.toml: nothing was handed in for {LESSON}; did you mean lee?",
        f"Extension of none in course.toml: nothing was handed in for {LESSON}.",
    ]


def set_course(monkeypatch, folder: Path, extensions: str = "", due: str = DUE) -> None:
    (folder / "course.toml").write_text(f"{due}{extensions}", encoding="utf-8")
    monkeypatch.setenv(SETTINGS_VARIABLE, str(folder / "course.toml"))


def grade(folder: Path, **options: object) -> run.ClassRun:
    return cases.grade(folder / "class", folder / "graded", workers=2, **options)


def lateness(found: run.ClassRun, student: str) -> tuple[float, float]:
    """Hours, and the points that they cost."""
    rows = [row for row in found.results if row.student == student]
    assert len({row.hours_late for row in rows}) == 1
    return rows[0].hours_late, sum(row.late_penalty for row in rows)


def extension(folder: Path, student: str) -> timedelta | None:
    """As nbgrader has it."""
    with Gradebook(f"sqlite:///{folder / 'graded' / 'gradebook.db'}") as book:
        return book.find_submission(LESSON, student).extension


@pytest.mark.slow
@pytest.mark.sandbox
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
class TestClass:
    """One story, told in order."""

    @pytest.fixture(scope="class")
    def folder(self, tmp_path_factory, sandbox_or_skip) -> Path:
        folder = tmp_path_factory.mktemp("term")
        for student in ("kim", "lee"):
            path = cases.hand_in(folder / "class", student, solved())
            path.with_name("timestamp.txt").write_text("2026-03-10 13:00:00 UTC")  # 25 hours late
        return folder

    def test_who_has_more_time_loses_nothing_and_nbgrader_knows_it(self, folder, monkeypatch):
        set_course(monkeypatch, folder, f"[extensions.kim]\n{LESSON} = 2026-03-11T12:00:00Z\n")
        found = grade(folder)
        assert (lateness(found, "kim"), extension(folder, "kim")) == ((0, 0), timedelta(days=2))
        assert (lateness(found, "lee"), extension(folder, "lee")) == ((25, ALL / 2), None)

    def test_grades_csv_and_the_terminal_say_what_is_late_and_what_that_costs(self, folder, capsys, monkeypatch):
        set_course(monkeypatch, folder, f"[extensions.kim]\n{LESSON} = 2026-03-11T12:00:00Z\n")
        found = grade(folder)
        assert found.known == 2
        assert lateness(found, "lee") == (25, ALL / 2)
        rows = {row.student: row for row in read_grades(folder / "graded" / "grades.csv")}
        assert (rows["lee"].hours_late, rows["lee"].late_penalty, rows["lee"].score) == (25, 0.5, 1)
        assert (rows["kim"].hours_late, rows["kim"].late_penalty) == (0, 0)
        show_run(found, folder / "graded" / "grades.csv")
        said = capsys.readouterr().out
        assert f"25 h, {-ALL / 2:g}" in said
        assert said.splitlines()[0].split() == ["student", "lesson", "points", "late", "exercises"]

    def test_one_that_is_taken_back_in_the_file_is_taken_back(self, folder, monkeypatch):
        set_course(monkeypatch, folder)
        found = grade(folder)
        assert (lateness(found, "kim"), extension(folder, "kim")) == ((25, ALL / 2), None)
        assert found.judged == 0
        with (folder / "graded" / "changes.csv").open(encoding="utf-8", newline="") as file:
            [change] = csv.DictReader(file)
        assert (change["student"], change["exercise"], change["before"]) == ("kim", LATE, "0, on time")
        late = f"{-ALL / 2:g}, 25 h late"
        assert change["after"] in (late, f"'{late}")  # no formula
        assert change["why"] == "another due date, extension or time of handing in"

    def test_one_that_nbgrader_was_told_of_stays(self, folder, monkeypatch):
        set_course(monkeypatch, folder)
        with Gradebook(f"sqlite:///{folder / 'graded' / 'gradebook.db'}") as book:
            book.grant_extension(LESSON, "lee", days=3)
        found = grade(folder)
        assert (lateness(found, "lee"), extension(folder, "lee")) == ((0, 0), timedelta(days=3))

    def test_one_in_the_file_goes_before_it_and_follows_the_due_date(self, folder, monkeypatch):
        longer = f"[extensions.lee]\n{LESSON} = 2026-03-10T13:30:00Z\n"
        set_course(monkeypatch, folder, longer)
        found = grade(folder)
        assert (lateness(found, "lee"), extension(folder, "lee")) == ((0, 0), timedelta(hours=25.5))
        set_course(monkeypatch, folder, longer, DUE.replace("12:00", "13:00"))
        found = grade(folder)
        assert (lateness(found, "lee"), extension(folder, "lee")) == ((0, 0), timedelta(hours=24.5))
        assert lateness(found, "kim") == (24, ALL / 4)
        assert [(one.student, one.exercise, one.after) for one in found.changes] == [
            ("kim", LATE, f"{-ALL / 4:g}, 24 h late")
        ]

    def test_the_attempt_that_is_on_time_by_it_counts(self, folder, monkeypatch):
        set_course(monkeypatch, folder, f"[extensions.kim]\n{LESSON} = 2026-03-11T12:00:00Z\n")
        newer = folder / "class" / "kim" / LESSON / "attempts" / "2026-03-12T000000Z" / f"{LESSON}.ipynb"
        newer.parent.mkdir(parents=True)
        newer.write_bytes((folder / "class" / "kim" / LESSON / f"{LESSON}.ipynb").read_bytes())
        newer.with_name("timestamp.txt").write_text("2026-03-12 00:00:00 UTC")
        assert lateness(grade(folder), "kim") == (0, 0)
        assert journal.history(folder / "graded", "kim", LESSON)[-1].attempt == ""


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::sqlalchemy.exc.SAWarning")
def test_nbgraders_own_way_gives_more_time_too(tmp_path, monkeypatch):
    set_course(monkeypatch, tmp_path, f"[extensions.kim]\n{LESSON} = 2026-03-11T12:00:00Z\n")
    for student in ("kim", "lee"):
        path = cases.hand_in(tmp_path / "class", student, cases.answered(dict([*cases.ANSWERS.items()][:2])))
        path.with_name("timestamp.txt").write_text("2026-03-10 13:00:00 UTC")
    found = grade(tmp_path, isolation="none")
    assert [lateness(found, student) for student in ("kim", "lee")] == [(0, 0), (25, 1)]
    assert extension(tmp_path, "kim") == timedelta(days=2)


class TestTables:
    def row(self, student: str, score: float = 1, hours: float | None = 0, penalty: float | None = 0) -> ExerciseResult:
        return ExerciseResult(student, LESSON, "encoder", score, 1, "passed", "", hours, penalty)

    def test_a_table_of_an_earlier_version_is_read_and_tells_nothing_of_lateness(self, tmp_path):
        path = tmp_path / "grades.csv"
        path.write_text(f"student,lesson,exercise,score,max_score,status,reason\nkim,{LESSON},encoder,1,1,passed,\n")
        [old] = read_grades(path)
        assert (old.hours_late, old.late_penalty) == (None, None)
        write_grades(path, [old])
        assert read_grades(path) == [old]
        assert changes(tmp_path, [old], [self.row("kim", hours=25, penalty=0.5)]) == []

    def test_what_is_late_and_loses_nothing_is_no_change(self, tmp_path):
        assert changes(tmp_path, [self.row("kim")], [self.row("kim", hours=0.2)]) == []

    def test_another_score_is_named_as_the_cause(self, tmp_path):
        [score, late] = changes(tmp_path, [self.row("kim", 1, 25, 0.5)], [self.row("kim", 0, 25, 0)])
        assert (score.exercise, late.exercise) == ("encoder", LATE)
        assert (late.before, late.after) == ("-0.5, 25 h late", "0, 25 h late")
        assert late.why == "another score, or other rules for late work"

    def test_a_class_that_was_on_time_has_no_column_for_it(self, tmp_path, capsys):
        show_run(ClassRun(tmp_path, (self.row("kim"),), ()), tmp_path / "grades.csv")
        assert capsys.readouterr().out.splitlines()[0].split() == ["student", "lesson", "points", "exercises"]
        show_run(ClassRun(tmp_path, (self.row("kim"), self.row("lee", 1, 0.1)), ()), tmp_path / "grades.csv")
        assert "0.1 h, costs nothing" in capsys.readouterr().out
